package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.SpareThread;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.HeldOut;
import org.pglynx.ml.tree.RowWeights;

/**
 * LightGBM: the native library trains, on a thread of its own, which a cancel leaves behind with
 * the round that it is at; the finished trees are read from its text model into our own forest, and
 * everything native is freed. With {@code deterministic} and one way to build histograms the trees
 * do not depend on the number of threads.
 */
final class LightgbmTrainer {
  private static final int DEFAULT_ROUNDS = 100;
  private static final double DEFAULT_HELD_OUT = 0.1;

  /** Below this many cells a second thread costs more than it gives. */
  private static final int SINGLE_THREAD_CELLS = 100_000;

  private static final int MAX_RELEVANCE = 30;

  /** Hyperparameters that are ours to follow, or put in other words. */
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "num_iterations",
          "objective",
          "num_threads",
          "seed",
          "verbosity",
          "class_weight",
          "early_stopping_round",
          "validation_fraction",
          "monotone_constraints",
          "interaction_constraints");

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final String settings;

  private LightgbmTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.settings = settings();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    context.cancel().check();
    if (table.info().task() == Task.RANK && !parameters.has("label_gain")) {
      NativeColumns.checkRelevances(table, MAX_RELEVANCE);
    }
    try {
      LightgbmLibrary.load();
      return new LightgbmTrainer(table, parameters, context).fit();
    } catch (LGBMException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    } catch (LinkageError e) {
      throw failure("its native library cannot be loaded; is libgomp1 installed?", e);
    }
  }

  private StoredModel fit() throws LGBMException {
    int patience = parameters.whole("early_stopping_round", 0);
    if (patience == 0) {
      return boost(table, null, 0);
    }
    double fraction = parameters.real("validation_fraction", DEFAULT_HELD_OUT);
    HeldOut parts = HeldOut.of(table, fraction, seed());
    return boost(parts.learn(), parts.watch(), patience);
  }

  private StoredModel boost(TrainingTable learn, @Nullable TrainingTable watch, int patience)
      throws LGBMException {
    LightgbmRun run = new LightgbmRun(settings);
    boolean small = (long) learn.rows() * learn.width() < SINGLE_THREAD_CELLS;
    try (SpareThread library = thread(small)) {
      try {
        run.hand(rows(learn));
        library.run(run::learn);
        if (watch != null) {
          run.hand(rows(watch));
          library.run(run::watch);
        }
        int rounds = rounds(run, library, patience);
        return model(library.call(() -> run.text(rounds)));
      } finally {
        library.last(run::close);
      }
    }
  }

  /** Small tables are boosted faster than a thread is woken. */
  private SpareThread thread(boolean small) {
    return small
        ? SpareThread.none(context.cancel())
        : SpareThread.idle("pglynx-lightgbm", context.cancel());
  }

  /** Boosts, and gives how many rounds to keep. */
  private int rounds(LightgbmRun run, SpareThread library, int patience) throws LGBMException {
    int wanted = parameters.whole("num_iterations", DEFAULT_ROUNDS);
    EarlyStopping stopping =
        new EarlyStopping(patience, patience > 0 && higherIsBetter(library.call(run::metric)));
    for (int round = 0; round < wanted; round++) {
      boolean nothingToSplit = library.call(run::update);
      context.progress().progress("boosting rounds", round + 1, wanted);
      if (nothingToSplit) {
        break;
      }
      if (patience > 0 && stopping.stopsAfter(round, library.call(run::score))) {
        break;
      }
    }
    return patience > 0 ? stopping.bestRound() + 1 : wanted;
  }

  private static boolean higherIsBetter(String metric) {
    return metric.startsWith("auc")
        || metric.startsWith("ndcg")
        || metric.startsWith("map@")
        || metric.startsWith("average_precision");
  }

  private StoredModel model(String text) {
    return LightgbmImport.model(table.info(), LightgbmText.read(text));
  }

  private LightgbmRun.Rows rows(TrainingTable part) {
    double @Nullable [] weights = RowWeights.of(part, parameters);
    return new LightgbmRun.Rows(
        NativeColumns.offHeap(part, context.cancel()),
        NativeColumns.floats(part.y()),
        weights == null ? null : NativeColumns.floats(weights),
        part.info().task() == Task.RANK ? NativeColumns.groupSizes(part) : null);
  }

  private String settings() {
    Map<String, String> out = new TreeMap<>();
    for (ParameterSpec spec : specs()) {
      @Nullable Object value = parameters.raw(spec.name());
      if (value != null && !NOT_PASSED_ON.contains(spec.name())) {
        out.put(spec.name(), text(value));
      }
    }
    if (parameters.has("monotone_constraints")) {
      out.put("monotone_constraints", Constraints.monotone(parameters, table.info()));
    }
    if (parameters.has("interaction_constraints")) {
      out.put("interaction_constraints", Constraints.interaction(parameters, table.info()));
    }
    putObjective(out);
    out.put("seed", String.valueOf(seed()));
    out.put("num_threads", String.valueOf(threads()));
    out.put("deterministic", "true");
    out.put("force_row_wise", "true");
    out.put("verbosity", "-1");
    return out.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue())
        .collect(Collectors.joining(" "));
  }

  private List<ParameterSpec> specs() {
    return switch (table.info().task()) {
      case CLASSIFICATION -> LightgbmParameters.CLASSIFICATION;
      case RANK -> LightgbmParameters.RANK;
      case REGRESSION, CLUSTERING, DECOMPOSITION -> LightgbmParameters.REGRESSION;
    };
  }

  private static String text(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(value);
  }

  private void putObjective(Map<String, String> out) {
    String chosen = parameters.choice("objective", "");
    switch (table.info().task()) {
      case CLASSIFICATION -> {
        boolean binary = table.classCount() == 2;
        if (chosen.equals("binary") && !binary) {
          throw new MlException(
              MlException.Kind.BAD_HYPERPARAMETER,
              "objective \"binary\" needs two classes, the labels have " + table.classCount());
        }
        boolean one = binary && (chosen.isEmpty() || chosen.equals("binary"));
        out.put("objective", one ? "binary" : "multiclass");
        if (!one) {
          out.put("num_class", String.valueOf(table.classCount()));
        }
      }
      case RANK -> out.put("objective", chosen.isEmpty() ? "lambdarank" : chosen);
      case REGRESSION, CLUSTERING, DECOMPOSITION ->
          out.put("objective", chosen.isEmpty() ? "regression" : chosen);
    }
  }

  private long seed() {
    return parameters.longWhole("seed", context.seed() & Integer.MAX_VALUE);
  }

  private int threads() {
    if ((long) table.rows() * table.width() < SINGLE_THREAD_CELLS) {
      return 1;
    }
    int wanted = parameters.whole("num_threads", -1);
    return wanted > 0 ? Math.min(wanted, context.idleThreads()) : context.idleThreads();
  }

  /** Messages about hyperparameters and labels are the user's affair. */
  private static MlException failure(String message, Throwable cause) {
    String words = message.lines().findFirst().orElse("");
    MlException.Kind kind =
        words.contains("Check failed") || words.contains("annot")
            ? MlException.Kind.BAD_HYPERPARAMETER
            : words.contains("abel") ? MlException.Kind.BAD_DATA : MlException.Kind.INTERNAL;
    return new MlException(kind, "LightGBM failed: " + words, cause);
  }
}
