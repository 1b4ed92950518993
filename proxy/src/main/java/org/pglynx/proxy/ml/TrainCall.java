package org.pglynx.proxy.ml;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SearchRequest;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * One execution of pgml.train with its values checked, as far as that needs no database.
 *
 * @param project the project's name
 * @param task what to learn, or null for the project's own
 * @param relation the relation to learn from, or null for the project's newest snapshot
 * @param label the label column, or null with the relation
 * @param algorithm the algorithm's name
 * @param hyperparams its hyperparameters
 * @param search the search, if any
 * @param searchParams the search's candidates as JSON text
 * @param searchArgs the search's arguments as JSON text
 * @param testSize rows held out
 * @param sampling how they are chosen
 * @param runtime what the call says of a runtime, or null
 * @param deploy whether the model may be deployed
 * @param materialize whether the snapshot is kept as a table
 */
record TrainCall(
    String project,
    @Nullable Task task,
    @Nullable String relation,
    @Nullable String label,
    String algorithm,
    Map<String, @Nullable Object> hyperparams,
    Optional<SearchRequest> search,
    String searchParams,
    String searchArgs,
    float testSize,
    Sampling sampling,
    @Nullable String runtime,
    boolean deploy,
    boolean materialize) {

  // The enum pgml.task with train's own spellings; those that this engine has are not in here.
  private static final Set<String> TASKS_NOT_SERVED =
      Set.of(
          "decomposition",
          "clustering",
          "cluster",
          "question_answering",
          "question-answering",
          "summarization",
          "translation",
          "text_classification",
          "text-classification",
          "text_generation",
          "text-generation",
          "text2text",
          "embedding",
          "text_pair_classification",
          "text-pair-classification",
          "conversation");
  private static final Set<String> RUNTIMES = Set.of("python", "rust", "java");

  /** Reads and checks the values. */
  static TrainCall of(CallValues values) throws PgErrorException {
    String project = values.text("project_name");
    if (project == null || project.isEmpty()) {
      throw MlErrors.invalid("project_name must not be NULL or empty").toException();
    }
    Map<String, @Nullable Object> hyperparams =
        JsonObjects.parse(values.text("hyperparams", "{}"), "hyperparams");
    String searchParams = values.text("search_params", "{}");
    String searchArgs = values.text("search_args", "{}");
    refusePreprocess(values.text("preprocess", "{}"));
    TrainCall call =
        new TrainCall(
            project,
            task(values.text("task")),
            values.text("relation_name"),
            values.text("y_column_name"),
            values.text("algorithm", "linear"),
            hyperparams,
            SearchArguments.read(values.text("search"), searchParams, searchArgs, hyperparams),
            searchParams,
            searchArgs,
            values.real("test_size", 0.25f),
            sampling(values.text("test_sampling", "stratified")),
            runtime(values.text("runtime")),
            values.bool("automatic_deploy", true),
            values.bool("materialize_snapshot", false));
    call.check();
    return call;
  }

  private void check() throws PgErrorException {
    if (relation != null && label == null) {
      throw MlErrors.invalid(
              "You must pass a `y_column_name` when you pass a `relation_name` for a supervised"
                  + " task.")
          .toException();
    }
    if (relation == null && label != null) {
      throw MlErrors.invalid("y_column_name is given without relation_name")
          .withHint("Pass both, or neither to learn from the project's newest snapshot again.")
          .toException();
    }
    if (!(testSize >= 0)) {
      throw MlErrors.invalid("test_size must not be negative: " + testSize).toException();
    }
  }

  private static @Nullable Task task(@Nullable String name) throws PgErrorException {
    if (name == null) {
      return null;
    }
    Optional<Task> task = Task.bySqlName(name).filter(TrainCall::served);
    if (task.isPresent()) {
      return task.get();
    }
    String hint = "Served are regression and classification.";
    throw (TASKS_NOT_SERVED.contains(name)
            ? MlErrors.notServed("task \"%s\" is not served yet".formatted(name))
            : MlErrors.invalid("unknown task \"%s\"".formatted(name)))
        .withHint(hint)
        .toException();
  }

  private static boolean served(Task task) {
    return task == Task.REGRESSION || task == Task.CLASSIFICATION;
  }

  private static Sampling sampling(String name) throws PgErrorException {
    return Sampling.bySqlName(name)
        .orElseThrow(
            () -> EnumErrors.invalid("sampling", name, "random, last, stratified").toException());
  }

  private static @Nullable String runtime(@Nullable String name) throws PgErrorException {
    if ("openai".equals(name)) {
      throw MlErrors.notServed("runtime \"openai\" is not served")
          .withHint("Leave runtime out: models are trained inside the proxy.")
          .toException();
    }
    if (name != null && !RUNTIMES.contains(name)) {
      throw EnumErrors.invalid("runtime", name, "python, rust, java").toException();
    }
    return name;
  }

  private static void refusePreprocess(String json) throws PgErrorException {
    if (!JsonObjects.parse(json, "preprocess").isEmpty()) {
      throw MlErrors.notServed("preprocess is not served yet")
          .withHint("Encode, impute and scale columns in a view, and train on the view.")
          .toException();
    }
  }
}
