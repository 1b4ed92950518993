package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMBooster.FeatureImportanceType;
import io.github.metarank.lightgbm4j.LGBMDataset;
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
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.HeldOut;
import org.pglynx.ml.tree.RowWeights;

/**
 * LightGBM: the native library trains, round by round so that a cancel is seen between rounds; the
 * finished trees are read from its text model into our own forest, and everything native is freed.
 * With {@code deterministic} and one way to build histograms the trees do not depend on the number
 * of threads.
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
    LGBMDataset data = dataset(learn, null);
    try {
      LGBMDataset watched = watch == null ? null : dataset(watch, data);
      LGBMBooster booster = LGBMBooster.create(data, settings);
      try {
        if (watched != null) {
          booster.addValidData(watched);
        }
        int rounds = rounds(booster, patience);
        return model(booster.saveModelToString(0, rounds, FeatureImportanceType.GAIN));
      } finally {
        booster.close();
        if (watched != null) {
          watched.close();
        }
      }
    } finally {
      data.close();
    }
  }

  /** Boosts, and gives how many rounds to keep. */
  private int rounds(LGBMBooster booster, int patience) throws LGBMException {
    int wanted = parameters.whole("num_iterations", DEFAULT_ROUNDS);
    EarlyStopping stopping = new EarlyStopping(patience, patience > 0 && higherIsBetter(booster));
    for (int round = 0; round < wanted; round++) {
      context.cancel().check();
      boolean nothingToSplit = booster.updateOneIter();
      context.progress().progress("boosting rounds", round + 1, wanted);
      if (nothingToSplit) {
        break;
      }
      if (patience > 0 && stopping.stopsAfter(round, booster.getEval(1)[0])) {
        break;
      }
    }
    context.cancel().check();
    return patience > 0 ? stopping.bestRound() + 1 : wanted;
  }

  private static boolean higherIsBetter(LGBMBooster booster) throws LGBMException {
    String metric = booster.getEvalNames()[0];
    return metric.startsWith("auc")
        || metric.startsWith("ndcg")
        || metric.startsWith("map@")
        || metric.startsWith("average_precision");
  }

  private StoredModel model(String text) {
    return LightgbmImport.model(table.info(), LightgbmText.read(text));
  }

  private LGBMDataset dataset(TrainingTable part, @Nullable LGBMDataset reference)
      throws LGBMException {
    LGBMDataset data =
        LGBMDataset.createFromMat(part.x(), part.rows(), part.width(), true, settings, reference);
    data.setField("label", NativeColumns.floats(part.y()));
    double @Nullable [] weights = RowWeights.of(part, parameters);
    if (weights != null) {
      data.setField("weight", NativeColumns.floats(weights));
    }
    if (part.info().task() == Task.RANK) {
      data.setField("group", NativeColumns.groupSizes(part));
    }
    return data;
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
    return wanted > 0 ? Math.min(wanted, context.threads()) : context.threads();
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
