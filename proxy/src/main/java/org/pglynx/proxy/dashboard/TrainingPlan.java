package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to train: one model for each algorithm, of the same rows.
 *
 * @param targets the label, or several; none where a task needs none
 * @param each what single algorithms get beside the options: hyperparams, search_params
 * @param deploys whether the best may be deployed at once
 */
record TrainingPlan(
    String project,
    String task,
    String relation,
    List<String> targets,
    List<String> algorithms,
    Options options,
    JsonNode each,
    boolean deploys) {

  /** Further arguments of {@code pgml.train}, as JSON where it takes that; null is its default. */
  record Options(
      @Nullable String hyperparams,
      @Nullable String search,
      @Nullable String searchParams,
      @Nullable String searchArgs,
      @Nullable String testSize,
      @Nullable String testSampling,
      @Nullable String preprocess) {}

  /** The plan of a request. */
  static TrainingPlan of(Call call) throws FaultException {
    List<String> algorithms = call.texts("algorithms");
    if (algorithms.isEmpty() || algorithms.size() > 64) {
      throw Fault.of("22023", "choose at least one algorithm, and at most 64").toException();
    }
    if (call.has("search") && !call.has("search_params") && !searchesOne(call.json("each"))) {
      throw Fault.of("22023", "a search needs search_params, for all algorithms or for one")
          .toException();
    }
    return new TrainingPlan(
        call.text("project"),
        call.text("task"),
        call.text("relation"),
        call.texts("targets"),
        algorithms,
        new Options(
            json(call, "hyperparams"),
            call.textOrNull("search"),
            json(call, "search_params"),
            json(call, "search_args"),
            call.textOrNull("test_size"),
            call.textOrNull("test_sampling"),
            json(call, "preprocess")),
        call.json("each"),
        call.flag("deploy"));
  }

  private static boolean searchesOne(JsonNode each) {
    for (JsonNode one : each) {
      if (!one.path("search_params").isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String json(Call call, String name) {
    JsonNode value = call.json(name);
    return value.isMissingNode() ? null : value.toString();
  }

  /** An object for all algorithms, with what this one has beside it; null if there is neither. */
  private @Nullable String merged(@Nullable String all, String algorithm, String name) {
    JsonNode own = each.path(algorithm).path(name);
    if (!own.isObject() || own.isEmpty()) {
      return all;
    }
    ObjectNode both = Json.object();
    if (all != null && Json.value(Json.JSONB, all) instanceof ObjectNode common) {
      both.setAll(common);
    }
    both.setAll((ObjectNode) own);
    return both.toString();
  }

  /** A call of the training function, with its arguments. */
  record Statement(String sql, @Nullable String[] values) {}

  Statement statement(String algorithm) {
    List<@Nullable String> values = new ArrayList<>();
    StringBuilder sql = new StringBuilder("SELECT * FROM pgml.");
    sql.append(targets.size() > 1 ? "train_joint(" : "train(");
    add(sql, values, "project_name", "", project);
    add(sql, values, "task", "", task);
    add(sql, values, "relation_name", "", relation);
    if (targets.size() > 1) {
      add(sql, values, "y_column_name", "::text[]", arrayText(targets));
    } else if (!targets.isEmpty()) {
      add(sql, values, "y_column_name", "", targets.getFirst());
    }
    add(sql, values, "algorithm", "", algorithm);
    String searched = merged(options.searchParams(), algorithm, "search_params");
    boolean searches = options.search() != null && searched != null;
    add(
        sql,
        values,
        "hyperparams",
        "::jsonb",
        merged(options.hyperparams(), algorithm, "hyperparams"));
    if (searches) {
      add(sql, values, "search", "", options.search());
      add(sql, values, "search_params", "::jsonb", searched);
    }
    if (searches || options.search() == null) {
      add(sql, values, "search_args", "::jsonb", options.searchArgs());
    }
    add(sql, values, "test_size", "::real", options.testSize());
    add(sql, values, "test_sampling", "", options.testSampling());
    add(sql, values, "preprocess", "::jsonb", options.preprocess());
    add(sql, values, "automatic_deploy", "::boolean", Boolean.toString(deploys));
    return new Statement(sql.append(')').toString(), values.toArray(String[]::new));
  }

  private static void add(
      StringBuilder sql,
      List<@Nullable String> values,
      String name,
      String cast,
      @Nullable String value) {
    if (value != null) {
      values.add(value);
      sql.append(values.size() > 1 ? ", " : "").append(name).append(" => $").append(values.size());
      sql.append(cast);
    }
  }

  /** As Postgres reads an array. */
  static String arrayText(List<String> elements) {
    StringBuilder text = new StringBuilder("{");
    for (String each : elements) {
      text.append(text.length() > 1 ? "," : "")
          .append('"')
          .append(each.replace("\\", "\\\\").replace("\"", "\\\""))
          .append('"');
    }
    return text.append('}').toString();
  }
}
