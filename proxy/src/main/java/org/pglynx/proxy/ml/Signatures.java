package org.pglynx.proxy.ml;

import static org.pglynx.proxy.ml.Signature.Parameter.optional;
import static org.pglynx.proxy.ml.Signature.Parameter.required;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Column;

/** The served functions with their parameters, named as PostgresML names them. */
final class Signatures {
  private Signatures() {}

  private static final List<Column> TRAINED =
      List.of(
          Column.text("project"),
          Column.text("task"),
          Column.text("algorithm"),
          Column.bool("deployed"));

  static final Signature TRAIN = train("train", ArgumentType.TEXT);

  static final Signature TRAIN_JOINT = train("train_joint", ArgumentType.TEXT_ARRAY);

  static final Signature SNAPSHOT =
      new Signature(
          "snapshot",
          List.of(
              required("relation_name", ArgumentType.TEXT),
              required("y_column_name", ArgumentType.TEXT),
              optional("test_size", ArgumentType.REAL),
              optional("test_sampling", ArgumentType.SAMPLING),
              optional("preprocess", ArgumentType.JSONB)),
          List.of(Column.text("relation"), Column.text("y_column_name")));

  private static Signature train(String name, ArgumentType labels) {
    return new Signature(
        name,
        List.of(
            required("project_name", ArgumentType.TEXT),
            optional("task", ArgumentType.TEXT),
            optional("relation_name", ArgumentType.TEXT),
            optional("y_column_name", labels),
            optional("algorithm", ArgumentType.ALGORITHM),
            optional("hyperparams", ArgumentType.JSONB),
            optional("search", ArgumentType.SEARCH),
            optional("search_params", ArgumentType.JSONB),
            optional("search_args", ArgumentType.JSONB),
            optional("test_size", ArgumentType.REAL),
            optional("test_sampling", ArgumentType.SAMPLING),
            optional("runtime", ArgumentType.RUNTIME),
            optional("automatic_deploy", ArgumentType.BOOLEAN),
            optional("materialize_snapshot", ArgumentType.BOOLEAN),
            optional("preprocess", ArgumentType.JSONB)),
        TRAINED);
  }

  static final Signature LOAD_DATASET =
      new Signature(
          "load_dataset",
          List.of(
              required("source", ArgumentType.TEXT),
              optional("subset", ArgumentType.TEXT),
              optional("limit", ArgumentType.BIGINT),
              optional("kwargs", ArgumentType.JSONB)),
          List.of(Column.text("table_name"), Column.int8("rows")));

  private static final List<Column> DEPLOYED =
      List.of(Column.text("project"), Column.text("strategy"), Column.text("algorithm"));

  static final Signature DEPLOY =
      new Signature(
          "deploy",
          List.of(
              required("project_name", ArgumentType.TEXT),
              required("strategy", ArgumentType.STRATEGY),
              optional("algorithm", ArgumentType.ALGORITHM)),
          DEPLOYED);

  static final Signature DEPLOY_MODEL =
      new Signature("deploy", List.of(required("model_id", ArgumentType.BIGINT)), DEPLOYED);

  static final Signature CANCEL_TRAINING =
      new Signature(
          "cancel_training",
          List.of(required("training_id", ArgumentType.BIGINT)),
          List.of(Column.bool("cancel_training")));

  private static final List<Column> IMPORTANCE =
      List.of(Column.text("feature"), Column.float8("importance"));

  static final Signature FEATURE_IMPORTANCE =
      new Signature(
          "feature_importance",
          List.of(
              required("project_name", ArgumentType.TEXT), optional("measure", ArgumentType.TEXT)),
          IMPORTANCE);

  static final Signature FEATURE_IMPORTANCE_OF_MODEL =
      new Signature(
          "feature_importance",
          List.of(
              required("model_id", ArgumentType.BIGINT), optional("measure", ArgumentType.TEXT)),
          IMPORTANCE);

  private static final List<Column> EXPORTED = List.of(Column.bytea("export_model"));

  static final Signature EXPORT_MODEL =
      new Signature(
          "export_model",
          List.of(
              required("project_name", ArgumentType.TEXT), required("format", ArgumentType.TEXT)),
          EXPORTED);

  static final Signature EXPORT_MODEL_OF_ID =
      new Signature(
          "export_model",
          List.of(required("model_id", ArgumentType.BIGINT), required("format", ArgumentType.TEXT)),
          EXPORTED);

  /** The function's other form, which takes a model's id for the project's name; or null. */
  static @Nullable Signature ofModel(Signature signature) {
    return switch (signature.function()) {
      case "feature_importance" -> FEATURE_IMPORTANCE_OF_MODEL;
      case "export_model" -> EXPORT_MODEL_OF_ID;
      default -> null;
    };
  }

  static final Signature IMPORT_MODEL =
      new Signature(
          "import_model",
          List.of(
              required("project_name", ArgumentType.TEXT),
              required("task", ArgumentType.TEXT),
              required("format", ArgumentType.TEXT),
              required("data", ArgumentType.BYTEA),
              optional("feature_names", ArgumentType.TEXT_ARRAY),
              optional("class_names", ArgumentType.TEXT_ARRAY)),
          TRAINED);

  /** Its arguments are those of a prediction, see {@link PredictCall}. */
  static final Signature EXPLAIN =
      new Signature(
          "explain", List.of(), List.of(Column.text("feature"), Column.float8("contribution")));

  /** Its arguments are those of a prediction, see {@link PredictCall}. */
  static final Signature PREDICT_BATCH =
      new Signature("predict_batch", List.of(), List.of(Column.float4("predict_batch")));

  /** The same by a model's id. */
  static final Signature PREDICT_BATCH_OF_MODEL =
      new Signature("predict_batch", List.of(), List.of(Column.float4Array("predict_batch")));

  static final Signature XGBOOST_VERSION =
      new Signature("xgboost_version", List.of(), List.of(Column.text("xgboost_version")));

  static final Signature VERSION =
      new Signature("version", List.of(), List.of(Column.text("version")));
}
