package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.AutoRequest;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SearchRequest;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * One execution of pgml.train or pgml.train_joint with its values checked, as far as that needs no
 * database.
 *
 * @param project the project's name
 * @param task what to learn, or null for the project's own
 * @param relation the relation to learn from, or null for the project's newest snapshot
 * @param labels the label columns
 * @param algorithm the algorithm's name
 * @param hyperparams its hyperparameters
 * @param rows the columns that say something of the rows
 * @param search the search, if any
 * @param auto the contest of algorithms, if any
 * @param searchParams the search's candidates as JSON text
 * @param searchArgs the search's arguments as JSON text
 * @param testSize rows held out
 * @param sampling how they are chosen
 * @param runtime what the call says of a runtime, or null
 * @param deploy whether the model may be deployed
 * @param materialize whether the snapshot is kept as a table
 * @param preprocess what is done to columns before they are learnt from, as JSON text
 */
record TrainCall(
    String project,
    @Nullable Task task,
    @Nullable String relation,
    List<String> labels,
    String algorithm,
    Map<String, @Nullable Object> hyperparams,
    RowColumns rows,
    Optional<SearchRequest> search,
    Optional<AutoRequest> auto,
    String searchParams,
    String searchArgs,
    float testSize,
    Sampling sampling,
    @Nullable String runtime,
    boolean deploy,
    boolean materialize,
    String preprocess) {
  // The enum pgml.task with train's own spellings; those that this engine has are not in here.
  private static final Set<String> TASKS_NOT_SERVED =
      Set.of(
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
    String project = Projects.named(values.text("project_name"));
    Map<String, @Nullable Object> hyperparams =
        JsonObjects.parse(values.text("hyperparams", "{}"), "hyperparams");
    RowColumns rows = RowColumns.takenFrom(hyperparams);
    SearchArguments search = new SearchArguments(values, hyperparams);
    TrainCall call =
        new TrainCall(
            project,
            task(values.text("task")),
            values.text("relation_name"),
            values.texts("y_column_name"),
            values.text("algorithm", "linear"),
            hyperparams,
            rows,
            search.search(),
            search.auto(),
            search.params(),
            search.args(),
            values.real("test_size", 0.25f),
            sampling(values.text("test_sampling", "stratified")),
            runtime(values.text("runtime")),
            values.bool("automatic_deploy", true),
            values.bool("materialize_snapshot", false),
            values.text("preprocess", "{}"));
    call.check();
    return call.task() == null ? call : call.forTask(call.task());
  }

  private void check() throws PgErrorException {
    boolean preprocessed = !preprocessing(preprocess).plans().isEmpty();
    if (relation == null && !labels.isEmpty()) {
      throw without("y_column_name").toException();
    }
    if (relation == null && preprocessed) {
      throw without("preprocess").toException();
    }
    if (relation == null && !rows.none()) {
      throw without(rows.group() == null ? RowColumns.WEIGHT : RowColumns.GROUP).toException();
    }
    if (labels.stream().distinct().count() != labels.size()) {
      throw MlErrors.invalid("y_column_name has a column twice").toException();
    }
    checkTestSize(testSize);
  }

  private static PgError without(String argument) {
    return MlErrors.invalid(argument + " is given without relation_name")
        .withHint("Pass both, or neither to learn from the project's newest snapshot again.");
  }

  static void checkTestSize(float testSize) throws PgErrorException {
    if (!(testSize >= 0)) {
      throw MlErrors.invalid("test_size must not be negative: " + testSize)
          .withHint("Give the part of the rows to hold out (up to 1), or above 1 their number.")
          .toException();
    }
  }

  /**
   * The call as it is for the task: the default algorithm is another one for each task.
   *
   * @throws PgErrorException if the task needs what the call lacks
   */
  TrainCall forTask(Task known) throws PgErrorException {
    if (relation != null && labels.isEmpty() && known.supervised()) {
      throw MlErrors.invalid(
              "You must pass a `y_column_name` when you pass a `relation_name` for a supervised"
                  + " task.")
          .withHint("Name the column to be predicted: y_column_name => 'column'.")
          .toException();
    }
    if (labels.size() > 1 && known != Task.REGRESSION && known.supervised()) {
      throw MlErrors.notServed(
              "several labels are learnt by regression only, not by " + known.sqlName())
          .withHint("Train a project for each label.")
          .toException();
    }
    if (relation != null && known == Task.RANK && rows.group() == null) {
      throw MlErrors.invalid("task rank needs the column that says which rows are ranked together")
          .withHint("Name it like hyperparams => '{\"group_column\": \"query_id\"}'.")
          .toException();
    }
    return new TrainCall(
        project,
        task,
        relation,
        labels,
        algorithm.equals("linear") ? defaultAlgorithm(known) : algorithm,
        hyperparams,
        rows,
        search,
        auto,
        searchParams,
        searchArgs,
        testSize,
        sampling,
        runtime,
        deploy,
        materialize,
        preprocess);
  }

  private static String defaultAlgorithm(Task task) {
    return switch (task) {
      case CLUSTERING -> "kmeans";
      case DECOMPOSITION -> "pca";
      case RANK -> "xgboost";
      case REGRESSION, CLASSIFICATION -> "linear";
    };
  }

  /** The task of the name, null for none. */
  static @Nullable Task task(@Nullable String name) throws PgErrorException {
    if (name == null) {
      return null;
    }
    // What PostgresML's manual calls it.
    String known = name.equals("cluster") ? Task.CLUSTERING.sqlName() : name;
    Optional<Task> task = Task.bySqlName(known);
    if (task.isPresent()) {
      return task.get();
    }
    throw (TASKS_NOT_SERVED.contains(name)
            ? MlErrors.notServed("task \"%s\" is not served yet".formatted(name))
            : MlErrors.invalid("unknown task \"%s\"".formatted(name)))
        .withHint("Served are regression, classification, clustering, decomposition and rank.")
        .toException();
  }

  /** The sampling of the name. */
  static Sampling sampling(String name) throws PgErrorException {
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

  /** Reads preprocess. */
  static Preprocess preprocessing(String json) {
    return Preprocess.of(JsonObjects.parse(json, "preprocess"));
  }
}
