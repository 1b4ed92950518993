package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/**
 * XGBoost: the native library trains, round by round so that a cancel is seen between rounds; the
 * finished trees are copied into our own forest, which predicts the same bits about thirty times
 * faster for a single row, and the native booster is freed.
 */
final class XgboostTrainer {
  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.whole(
              "n_estimators", 1, 100_000, "num_boost_round", "boost_rounds", "num_round"),
          ParameterSpec.atLeast("eta", 0, "learning_rate"),
          ParameterSpec.atLeast("gamma", 0, "min_split_loss"),
          ParameterSpec.whole("max_depth", 0, 64),
          ParameterSpec.atLeast("min_child_weight", 0),
          ParameterSpec.atLeast("max_delta_step", 0),
          ParameterSpec.share("subsample"),
          ParameterSpec.share("colsample_bytree"),
          ParameterSpec.share("colsample_bylevel"),
          ParameterSpec.share("colsample_bynode"),
          ParameterSpec.atLeast("lambda", 0, "reg_lambda"),
          ParameterSpec.atLeast("alpha", 0, "reg_alpha"),
          ParameterSpec.choice("tree_method", "auto", "exact", "approx", "hist"),
          ParameterSpec.choice("grow_policy", "depthwise", "lossguide"),
          ParameterSpec.whole("max_leaves", 0, 1_000_000),
          ParameterSpec.whole("max_bin", 2, 65_536),
          ParameterSpec.whole("num_parallel_tree", 1, 10_000),
          ParameterSpec.choice("booster", "gbtree"),
          new ParameterSpec(
              "base_score", List.of(), new Domain.Real(-Double.MAX_VALUE, true, Double.MAX_VALUE)),
          ParameterSpec.whole("seed", 0, Integer.MAX_VALUE, "random_state"),
          ParameterSpec.whole("nthread", -1, 1024, "n_jobs"));

  static final List<ParameterSpec> REGRESSION =
      with(
          ParameterSpec.choice(
              "objective",
              "reg:squarederror",
              "reg:linear",
              "reg:absoluteerror",
              "reg:pseudohubererror",
              "reg:logistic",
              "count:poisson",
              "reg:gamma",
              "reg:tweedie"));

  static final List<ParameterSpec> CLASSIFICATION =
      with(
          ParameterSpec.choice("objective", "binary:logistic", "multi:softmax", "multi:softprob"),
          ParameterSpec.positive("scale_pos_weight"));

  /** A forest's trees are all parallel, so their number is n_estimators alone. */
  static final List<ParameterSpec> FOREST_REGRESSION = without(REGRESSION, "num_parallel_tree");

  static final List<ParameterSpec> FOREST_CLASSIFICATION =
      without(CLASSIFICATION, "num_parallel_tree");

  private static final int DEFAULT_ROUNDS = 100;

  /** Below this many cells a second thread costs more than it gives. */
  private static final int SINGLE_THREAD_CELLS = 100_000;

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

  /** Hyperparameters that are ours, not the library's. */
  private static final List<String> NOT_PASSED_ON =
      List.of("n_estimators", "objective", "nthread", "seed");

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final String objective;

  private XgboostTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.objective = objective();
  }

  /** Gradient boosting, 100 rounds unless told otherwise. */
  static StoredModel boosting(TrainingTable table, Parameters parameters, FitContext context) {
    int rounds = parameters.whole("n_estimators", DEFAULT_ROUNDS);
    return new XgboostTrainer(table, parameters, context).fit(rounds, Map.of());
  }

  /** One round of many parallel trees, with the defaults of scikit-learn's XGBRF classes. */
  static StoredModel forest(TrainingTable table, Parameters parameters, FitContext context) {
    Map<String, Object> defaults =
        Map.of(
            "eta", 1.0,
            "subsample", 0.8,
            "colsample_bynode", 0.8,
            "lambda", 1e-5,
            "num_parallel_tree", parameters.whole("n_estimators", DEFAULT_ROUNDS));
    return new XgboostTrainer(table, parameters, context).fit(1, defaults);
  }

  private StoredModel fit(int rounds, Map<String, Object> defaults) {
    try {
      DMatrix matrix = matrix();
      try {
        return boost(matrix, rounds, nativeParameters(defaults));
      } finally {
        matrix.dispose();
      }
    } catch (XGBoostError | IOException e) {
      throw failure(e);
    }
  }

  private StoredModel boost(DMatrix matrix, int rounds, Map<String, Object> settings)
      throws XGBoostError, IOException {
    context.cancel().check();
    Booster booster = XGBoost.train(matrix, settings, 0, Map.of(), null, null);
    try {
      for (int round = 0; round < rounds; round++) {
        context.cancel().check();
        booster.update(matrix, round);
        context.progress().progress("boosting rounds", round + 1, rounds);
      }
      return XgboostImport.model(table.info(), objective, booster.toByteArray("json"));
    } finally {
      booster.dispose();
    }
  }

  private DMatrix matrix() throws XGBoostError {
    DMatrix matrix = new DMatrix(table.x(), table.rows(), table.width(), Float.NaN);
    float[] labels = new float[table.rows()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (float) table.y()[i];
    }
    matrix.setLabel(labels);
    return matrix;
  }

  private Map<String, Object> nativeParameters(Map<String, Object> defaults) {
    Map<String, Object> out = new HashMap<>(defaults);
    out.put("base_score", DEFAULT_BASE_SCORE);
    List<ParameterSpec> specs =
        table.info().task() == Task.REGRESSION ? REGRESSION : CLASSIFICATION;
    for (ParameterSpec spec : specs) {
      Object value = parameters.raw(spec.name());
      if (value != null && !NOT_PASSED_ON.contains(spec.name())) {
        out.put(spec.name(), value);
      }
    }
    chooseTreeMethod(out);
    out.put("objective", objective);
    out.put("seed", parameters.longWhole("seed", context.seed() & Integer.MAX_VALUE));
    out.put("nthread", threads());
    out.put("verbosity", 0);
    if (objective.startsWith("multi:")) {
      out.put("num_class", table.classCount());
    }
    return out;
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
      boolean small = table.rows() <= EXACT_ROWS && needHistogram.isEmpty();
      settings.put("tree_method", small ? "exact" : "hist");
    }
  }

  private int threads() {
    if ((long) table.rows() * table.width() < SINGLE_THREAD_CELLS) {
      return 1;
    }
    int wanted = parameters.whole("nthread", -1);
    return wanted > 0 ? Math.min(wanted, context.threads()) : context.threads();
  }

  /** reg:linear is the old name of reg:squarederror; both multi: objectives have the same trees. */
  private String objective() {
    String chosen = parameters.choice("objective", "");
    if (table.info().task() == Task.REGRESSION) {
      return chosen.isEmpty() || chosen.equals("reg:linear") ? "reg:squarederror" : chosen;
    }
    boolean binary = table.classCount() == 2;
    if (chosen.equals("binary:logistic") && !binary) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "objective \"binary:logistic\" needs two classes, the labels have " + table.classCount());
    }
    return binary && !chosen.startsWith("multi:") ? "binary:logistic" : "multi:softprob";
  }

  /** The library's message without its time, source line and stack; label ranges are the data's. */
  private static MlException failure(Exception e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String words = message.replaceFirst("^\\[[0-9:]+\\] \\S+:\\d+: ", "");
    MlException.Kind kind =
        words.contains("label") ? MlException.Kind.BAD_DATA : MlException.Kind.INTERNAL;
    return new MlException(kind, "XGBoost failed: " + words, e);
  }

  private static List<ParameterSpec> with(ParameterSpec... more) {
    List<ParameterSpec> all = new ArrayList<>(COMMON);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  private static List<ParameterSpec> without(List<ParameterSpec> specs, String name) {
    return specs.stream().filter(spec -> !spec.name().equals(name)).toList();
  }
}
