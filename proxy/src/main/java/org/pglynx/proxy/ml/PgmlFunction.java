package org.pglynx.proxy.ml;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of schema pgml that are served. */
enum PgmlFunction {
  /** Learns a model. */
  TRAIN,
  /** Learns a model of several labels. */
  TRAIN_JOINT,
  /** Keeps rows to learn from. */
  SNAPSHOT,
  /** Makes another model the project's answer. */
  DEPLOY,
  /** Creates an example table. */
  LOAD_DATASET,
  /** Stops a training. */
  CANCEL_TRAINING,
  /** What each feature adds to a prediction. */
  EXPLAIN,
  /** How much each feature matters to a model. */
  FEATURE_IMPORTANCE,
  /** Gives a model in another library's form. */
  EXPORT_MODEL,
  /** Takes in a model of another library. */
  IMPORT_MODEL,
  /** Tells the version of the library that grows XGBoost's trees. */
  XGBOOST_VERSION,
  /** Tells PostgresML's version and ours. */
  VERSION,
  /** Many rows in one array. */
  PREDICT_BATCH,
  /** One number per row. */
  PREDICT,
  /** One class per row, as the label that was learnt. */
  PREDICT_LABEL,
  /** One probability per class and row. */
  PREDICT_PROBA,
  /** One number per label and row. */
  PREDICT_JOINT,
  /** One number per component and row. */
  DECOMPOSE;

  /** PostgresML's functions that exist there and are not served here. */
  private static final Set<String> NOT_SERVED =
      Set.of(
          "tune",
          "embed",
          "rank",
          "chunk",
          "transform",
          "transform_stream",
          "generate",
          "clear_gpu_cache",
          "python_version",
          "python_package_version",
          "python_pip_freeze",
          "activate_venv",
          "validate_python_dependencies",
          "validate_shared_library",
          "dump_all",
          "load_all");

  /** The function of the name, or null. */
  static @Nullable PgmlFunction named(String name) {
    for (PgmlFunction function : values()) {
      if (function.sqlName().equals(name)) {
        return function;
      }
    }
    return null;
  }

  /** Whether PostgresML (or the plan for this product) knows the name. */
  static boolean known(String name) {
    return NOT_SERVED.contains(name);
  }

  /** The names that are known and not served. */
  static Set<String> notServed() {
    return NOT_SERVED;
  }

  /** The name in SQL. */
  String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the database has functions of the name, too: written at each deployment, they evaluate
   * the deployed model wherever a statement calls them.
   */
  boolean inDatabase() {
    return predicts() || this == PREDICT_BATCH;
  }

  /** Whether it predicts per row, so that it may stand in a select list over relations. */
  boolean predicts() {
    return switch (this) {
      case PREDICT, PREDICT_LABEL, PREDICT_PROBA, PREDICT_JOINT, DECOMPOSE -> true;
      case TRAIN, TRAIN_JOINT, SNAPSHOT, DEPLOY, LOAD_DATASET, CANCEL_TRAINING -> false;
      case PREDICT_BATCH, EXPLAIN, FEATURE_IMPORTANCE, XGBOOST_VERSION, VERSION -> false;
      case EXPORT_MODEL, IMPORT_MODEL -> false;
    };
  }
}
