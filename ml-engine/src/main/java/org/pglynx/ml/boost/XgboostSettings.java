package org.pglynx.ml.boost;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/** The settings of one training in the native library's words, our defaults among them. */
final class XgboostSettings {
  /** Below this many cells a second thread costs more than it gives. */
  static final int SINGLE_THREAD_CELLS = 100_000;

  /**
   * XGBoost 1.x begins at 0.5, 3.x at a fitted score; SQL shows one behaviour whatever library is
   * inside, the one that PostgresML and the reference scores have.
   */
  private static final double DEFAULT_BASE_SCORE = 0.5;

  /** Up to here trees are built exactly, as XGBoost 1.x does by default; beyond by histograms. */
  private static final int EXACT_ROWS = 10_000;

  /** What the exact method ignores or refuses. */
  private static final List<String> HISTOGRAM_ONLY =
      List.of("grow_policy", "max_leaves", "max_bin", "colsample_bynode");

  /** Hyperparameters that are ours to follow, or put in other words. */
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "n_estimators",
          "objective",
          "nthread",
          "seed",
          "grow_policy",
          "predictor",
          "process_type",
          "early_stopping_rounds",
          "validation_fraction",
          "monotone_constraints",
          "interaction_constraints",
          "eval_metric");

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final String objective;

  XgboostSettings(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.objective = chooseObjective();
  }

  String objective() {
    return objective;
  }

  long seed() {
    return parameters.longWhole("seed", context.seed() & Integer.MAX_VALUE);
  }

  /** All settings; what the user gave comes before the algorithm's defaults. */
  Map<String, Object> nativeSettings(Map<String, Object> defaults) {
    Map<String, Object> out = new HashMap<>(defaults);
    out.put("base_score", DEFAULT_BASE_SCORE);
    for (ParameterSpec spec : specs()) {
      @Nullable Object value = parameters.raw(spec.name());
      if (value != null && !NOT_PASSED_ON.contains(spec.name())) {
        out.put(spec.name(), value);
      }
    }
    putRewritten(out);
    if (parameters.choice("booster", "").equals("gblinear")) {
      // Its other way of updating weights races between threads.
      out.put("updater", "coord_descent");
    } else {
      chooseTreeMethod(out);
    }
    out.put("objective", objective);
    out.put("seed", seed());
    out.put("nthread", threads());
    out.put("verbosity", 0);
    if (objective.startsWith("multi:")) {
      out.put("num_class", table.classCount());
    }
    return out;
  }

  private void putRewritten(Map<String, Object> out) {
    if (parameters.has("grow_policy")) {
      out.put("grow_policy", parameters.choice("grow_policy", "").replace("loss_", "loss"));
    }
    if (parameters.has("monotone_constraints")) {
      String signs = Constraints.monotone(parameters, table.info());
      out.put("monotone_constraints", "(" + signs + ")");
    }
    if (parameters.has("interaction_constraints")) {
      String groups = Constraints.interaction(parameters, table.info());
      out.put("interaction_constraints", "[" + groups + "]");
    }
    @Nullable Object metric = parameters.raw("eval_metric");
    if (metric != null) {
      // The last of several is the one that early stopping watches.
      out.put("eval_metric", metric instanceof List<?> list ? list.getLast() : metric);
    }
    if (objective.equals("reg:quantileerror")) {
      out.putIfAbsent("quantile_alpha", 0.5);
    }
  }

  private List<ParameterSpec> specs() {
    return switch (table.info().task()) {
      case CLASSIFICATION -> XgboostParameters.CLASSIFICATION;
      case RANK -> XgboostParameters.RANK;
      case REGRESSION, CLUSTERING, DECOMPOSITION -> XgboostParameters.REGRESSION;
    };
  }

  private void chooseTreeMethod(Map<String, Object> settings) {
    boolean exact = "exact".equals(settings.get("tree_method"));
    boolean open =
        !settings.containsKey("tree_method") || "auto".equals(settings.get("tree_method"));
    List<String> needHistogram = HISTOGRAM_ONLY.stream().filter(settings::containsKey).toList();
    if (exact && !needHistogram.isEmpty()) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "tree_method \"exact\" does not go with " + String.join(", ", needHistogram),
          "Use tree_method \"hist\".");
    }
    if (open) {
      boolean small =
          table.rows() <= EXACT_ROWS
              && needHistogram.isEmpty()
              && !objective.equals("reg:quantileerror");
      settings.put("tree_method", small ? "exact" : "hist");
    }
  }

  private int threads() {
    if ((long) table.rows() * table.width() < SINGLE_THREAD_CELLS) {
      return 1;
    }
    int wanted = parameters.whole("nthread", -1);
    return wanted > 0 ? Math.min(wanted, context.idleThreads()) : context.idleThreads();
  }

  /** reg:linear is the old name of reg:squarederror; both multi: objectives have the same trees. */
  private String chooseObjective() {
    String chosen = parameters.choice("objective", "");
    if (table.info().task() == Task.RANK) {
      return chosen.isEmpty() ? "rank:ndcg" : chosen;
    }
    if (table.info().task() == Task.REGRESSION) {
      return chosen.isEmpty() || chosen.equals("reg:linear") ? "reg:squarederror" : chosen;
    }
    boolean binary = table.classCount() == 2;
    if (chosen.startsWith("binary:") && !binary) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "objective \"%s\" needs two classes, the labels have %d"
              .formatted(chosen, table.classCount()));
    }
    if (chosen.startsWith("binary:")) {
      return chosen;
    }
    return binary && chosen.isEmpty() ? "binary:logistic" : "multi:softprob";
  }
}
