package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** Trainings that are begun on the page. */
final class TrainingEndpoints {
  private static final List<Parameter> NUMBER =
      List.of(Parameter.needed("id", Kind.WHOLE, "as the training's beginning has told it"));

  private final List<AlgorithmChoice> algorithms;

  TrainingEndpoints(List<AlgorithmChoice> algorithms) {
    this.algorithms = List.copyOf(algorithms);
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/api/algorithms",
            "The algorithms, and the tasks that each serves.",
            Access.DATABASE,
            List.of(),
            call -> algorithms()),
        Endpoint.get(
            "/api/hyperparameters",
            "The hyperparameters of an algorithm: what each takes, and its default; without that, what"
                + " counts depends on the rows.",
            Access.DATABASE,
            List.of(
                Parameter.needed("algorithm", Kind.TEXT, "as /api/algorithms names it"),
                Parameter.needed("task", Kind.TEXT, "one that it serves")),
            this::hyperparameters),
        Endpoint.post(
            "/api/train",
            "Trains a model with each of the algorithms, and answers at once; /api/training tells"
                + " how far it is.",
            Access.DATABASE,
            List.of(
                Parameter.needed("project", Kind.TEXT, "an old one's name or a new one's"),
                Parameter.needed("task", Kind.TEXT, "regression, classification, …"),
                Parameter.needed("relation", Kind.TEXT, "the table or view to learn from"),
                Parameter.optional("targets", Kind.TEXTS, "the columns to predict"),
                Parameter.needed("algorithms", Kind.TEXTS, "as /api/algorithms names them"),
                Parameter.optional("hyperparams", Kind.OBJECT, "for all of the algorithms"),
                Parameter.optional(
                    "each",
                    Kind.OBJECT,
                    "by algorithm: its own hyperparams and search_params, beside those for all"),
                Parameter.optional(
                    "search", Kind.TEXT, "grid or random; of those that have search_params"),
                Parameter.optional("search_params", Kind.OBJECT, "candidates by hyperparameter"),
                Parameter.optional("search_args", Kind.OBJECT, "cv, n_iter; of auto: seconds"),
                Parameter.optional("test_size", Kind.TEXT, "a share up to 1, or a number of rows"),
                Parameter.optional("test_sampling", Kind.TEXT, "random, last or stratified"),
                Parameter.optional("preprocess", Kind.OBJECT, "by column"),
                Parameter.optional("deploy", Kind.FLAG, "whether a better model is deployed")),
            call -> call.session().trainings().start(call, TrainingPlan.of(call)).json()),
        Endpoint.get(
            "/api/trainings",
            "The trainings of the session, the newest first.",
            Access.DATABASE,
            List.of(),
            call -> call.session().trainings().json()),
        Endpoint.get(
            "/api/training",
            "How far a training is.",
            Access.DATABASE,
            NUMBER,
            call -> find(call).json()),
        Endpoint.post(
                "/api/training/cancel",
                "Cancels a training; models that it has finished stay.",
                Access.DATABASE,
                NUMBER,
                TrainingEndpoints::cancel)
            .in(Endpoint.Lane.ENDINGS));
  }

  private static TrainingRun find(Call call) throws FaultException {
    TrainingRun run = call.session().trainings().find(call.whole("id", 0));
    if (run == null) {
      throw Fault.of("02000", "there is no such training in this session").toException();
    }
    return run;
  }

  private static JsonNode cancel(Call call) throws FaultException {
    TrainingRun run = find(call);
    run.cancel();
    return run.json();
  }

  private JsonNode algorithms() {
    ArrayNode all = Json.array();
    for (AlgorithmChoice each : algorithms) {
      ObjectNode node = all.addObject().put("name", each.name()).put("missing", each.missing());
      each.tasks().keySet().stream().sorted().forEach(node.putArray("tasks")::add);
    }
    return all;
  }

  private JsonNode hyperparameters(Call call) throws FaultException {
    for (AlgorithmChoice each : algorithms) {
      List<AlgorithmChoice.Hyperparameter> known = each.tasks().get(call.text("task"));
      if (each.name().equals(call.text("algorithm")) && known != null) {
        ArrayNode all = Json.array();
        known.forEach(one -> all.add(json(one)));
        return all;
      }
    }
    throw Fault.of("02000", "no such algorithm for this task").toException();
  }

  private static ObjectNode json(AlgorithmChoice.Hyperparameter parameter) {
    ObjectNode node = Json.object();
    node.put("name", parameter.name()).put("kind", parameter.kind());
    parameter.aliases().forEach(node.putArray("aliases")::add);
    parameter.choices().forEach(node.putArray("choices")::add);
    node.put("min", Double.isInfinite(parameter.min()) ? null : parameter.min());
    node.put("max", Double.isInfinite(parameter.max()) ? null : parameter.max());
    node.put("nullable", parameter.nullable()).put("domain", parameter.domain());
    String otherwise = parameter.otherwise();
    if (otherwise != null) {
      node.set("default", Json.value(Json.JSONB, otherwise));
    }
    return node;
  }
}
