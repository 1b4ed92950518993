package org.pglynx.ml.boost;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.SpareCores;
import org.pglynx.ml.exec.SpareThread;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.HeldOut;
import org.pglynx.ml.tree.RowWeights;

/**
 * XGBoost: the native library trains, on a thread of its own, which a cancel leaves behind with the
 * round that it is at; the finished trees are copied into our own forest, which predicts the same
 * bits about thirty times faster for a single row, and the native booster is freed.
 */
final class XgboostTrainer {
  private static final int DEFAULT_ROUNDS = 100;
  private static final double DEFAULT_HELD_OUT = 0.1;

  /** Relevances grow by powers of two in ndcg; beyond, a float is no longer exact. */
  private static final int MAX_RELEVANCE = 31;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final XgboostSettings settings;

  private XgboostTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.settings = new XgboostSettings(table, parameters, context);
  }

  /** Gradient boosting, 100 rounds unless told otherwise. */
  static StoredModel boosting(TrainingTable table, Parameters parameters, FitContext context) {
    XgboostParameters.checkBooster(parameters);
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
    checkData();
    Map<String, Object> all = settings.nativeSettings(defaults);
    int patience = parameters.whole("early_stopping_rounds", 0);
    try {
      if (patience == 0) {
        return fit(table, null, rounds, 0, all);
      }
      double fraction = parameters.real("validation_fraction", DEFAULT_HELD_OUT);
      HeldOut parts = HeldOut.of(table, fraction, settings.seed());
      return fit(parts.learn(), parts.watch(), rounds, patience, all);
    } catch (XGBoostError | IOException e) {
      throw failure(e);
    }
  }

  private StoredModel fit(
      TrainingTable learn,
      @Nullable TrainingTable watch,
      int rounds,
      int patience,
      Map<String, Object> all)
      throws XGBoostError, IOException {
    XgboostRun run = new XgboostRun(all);
    try (SpareThread library = thread(learn, XgboostRun.draws(all))) {
      try {
        run.hand(inBins(learn, all));
        library.run(run::learn);
        if (watch != null) {
          run.hand(rows(watch));
          library.run(run::watch);
        }
        int kept = rounds(run, library, rounds, patience);
        try (JsonValues values = new JsonValues(library.call(run::json))) {
          return XgboostImport.model(table.info(), XgboostSource.read(values), kept);
        }
      } finally {
        library.last(run::dispose);
      }
    }
  }

  private static boolean small(TrainingTable part) {
    return (long) part.rows() * part.width() < XgboostSettings.SINGLE_THREAD_CELLS;
  }

  /** For what Java does before the first round: less than a tenth of all. */
  private int threads(TrainingTable part) {
    return small(part) ? 1 : context.idleThreads();
  }

  /** Small tables are boosted faster than a thread is woken. */
  private SpareThread thread(TrainingTable learn, boolean draws) {
    if (small(learn)) {
      return SpareThread.none(context.cancel());
    }
    // The library's random numbers are each thread's own.
    return draws
        ? SpareThread.background("pglynx-xgboost", context.cancel())
        : SpareThread.idle("pglynx-xgboost", context.cancel());
  }

  /** Boosts, and gives how many rounds to keep. */
  private int rounds(XgboostRun run, SpareThread library, int rounds, int patience)
      throws XGBoostError {
    @Nullable EarlyStopping stopping = null;
    SpareCores cores = new SpareCores(run.threads(), library);
    for (int round = 0; round < rounds; round++) {
      int now = round;
      int threads = cores.threads();
      library.run(() -> run.update(now, threads));
      context.progress().progress("boosting rounds", round + 1, rounds);
      if (patience > 0) {
        String scores = library.call(() -> run.scores(now));
        int colon = scores.lastIndexOf(':');
        if (stopping == null) {
          stopping = new EarlyStopping(patience, higherIsBetter(scores.substring(0, colon)));
        }
        if (stopping.stopsAfter(round, Double.parseDouble(scores.substring(colon + 1)))) {
          break;
        }
      }
    }
    return stopping == null ? Integer.MAX_VALUE : stopping.bestRound() + 1;
  }

  private static boolean higherIsBetter(String named) {
    String metric = XgboostRun.metric(named);
    return metric.startsWith("auc")
        || metric.startsWith("ndcg")
        || metric.equals("map")
        || metric.startsWith("map@")
        || metric.startsWith("pre");
  }

  private XgboostRun.Rows rows(TrainingTable part) {
    double @Nullable [] weights = RowWeights.of(part, parameters);
    int @Nullable [] groups = null;
    if (part.info().task() == Task.RANK) {
      groups = NativeColumns.groupSizes(part);
      weights = weights == null ? null : NativeColumns.groupWeights(part, weights);
    }
    return new XgboostRun.Rows(
        NativeColumns.offHeap(part, threads(part), context.cancel()),
        NativeColumns.floats(part.y()),
        weights == null ? null : NativeColumns.floats(weights),
        groups);
  }

  /** Many rows come with their bins, which are found here sooner than by the library. */
  private XgboostRun.Rows inBins(TrainingTable learn, Map<String, Object> all) {
    XgboostRun.Rows rows = rows(learn);
    if (small(learn) || !XgboostQuantiles.suit(all, rows)) {
      return rows;
    }
    try {
      int bins = XgboostQuantiles.maxBins(all);
      return rows.withCuts(
          XgboostCuts.of(
              rows.cells(), learn.features()::copy, bins, threads(learn), context.cancel()));
    } catch (RuntimeException | Error failed) {
      rows.cells().dispose();
      throw failed;
    }
  }

  private void checkData() {
    if (table.info().task() == Task.RANK && !settings.objective().equals("rank:pairwise")) {
      boolean binary = settings.objective().equals("rank:map");
      boolean linearGain = !parameters.flag("ndcg_exp_gain", true);
      NativeColumns.checkRelevances(
          table, binary ? 1 : linearGain ? Integer.MAX_VALUE : MAX_RELEVANCE);
    }
    if (parameters.choice("booster", "").equals("gblinear")) {
      for (float value : table.x()) {
        if (Float.isNaN(value)) {
          throw new MlException(
              MlException.Kind.NULL_FEATURE,
              "booster \"gblinear\" does not take missing values",
              "Use booster \"gbtree\", or fill them in.");
        }
      }
    }
  }

  /** The library's message without its time, source line and stack; label ranges are the data's. */
  private static MlException failure(Exception e) {
    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
    String first = lines.isEmpty() ? "" : lines.getFirst();
    String words = first.replaceFirst("^\\[[0-9:]+\\] \\S+:\\d+: ", "");
    MlException.Kind kind =
        words.contains("label") ? MlException.Kind.BAD_DATA : MlException.Kind.INTERNAL;
    return new MlException(kind, "XGBoost failed: " + words, e);
  }
}
