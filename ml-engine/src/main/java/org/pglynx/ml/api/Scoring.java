package org.pglynx.ml.api;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.metrics.ConfusionMatrix;
import org.pglynx.ml.metrics.ProbabilityScores;
import org.pglynx.ml.metrics.RankScores;
import org.pglynx.ml.metrics.RegressionScores;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** Scores a model on held-out rows, under PostgresML's names. */
final class Scoring {
  private static final int BLOCK = 1024;

  /** Is shown what was predicted for the rows, where more than scores is wanted. */
  interface Witness {
    /** Of a target. */
    void quantities(String target, double[] truth, double[] predicted);

    /**
     * Of classes, as indexes of the model's.
     *
     * @param matrix what was predicted for whom
     * @param probability rows × classes; empty if the model gives none
     */
    void classes(ConfusionMatrix matrix, int[] truth, float[] probability);

    /** Of the rows of one group that are ranked among each other. */
    void ranked(double[] relevance, double[] score);

    /** Of each row, the number of its group. */
    void grouped(int[] groups);
  }

  private static final Witness NOBODY =
      new Witness() {
        @Override
        public void quantities(String target, double[] truth, double[] predicted) {
          // Scores say enough.
        }

        @Override
        public void classes(ConfusionMatrix matrix, int[] truth, float[] probability) {
          // Scores say enough.
        }

        @Override
        public void ranked(double[] relevance, double[] score) {
          // Scores say enough.
        }

        @Override
        public void grouped(int[] groups) {
          // Scores say enough.
        }
      };

  private final Model model;
  private final DataSet data;
  private final int[] rows;
  private final CancelToken cancel;
  private final Witness witness;

  /** Scores alone. */
  Scoring(Model model, DataSet data, int[] rows, CancelToken cancel) {
    this(model, data, rows, cancel, NOBODY);
  }

  /** Scores that somebody sees being made. */
  Scoring(Model model, DataSet data, int[] rows, CancelToken cancel, Witness witness) {
    this.model = model;
    this.data = data;
    this.rows = rows;
    this.cancel = cancel;
    this.witness = witness;
  }

  /** The metrics; those that are not defined for these rows are left out. */
  Map<String, Double> metrics() {
    return switch (model.task()) {
      case REGRESSION -> regression();
      case CLASSIFICATION -> classification();
      case CLUSTERING -> clustering();
      case DECOMPOSITION -> decomposition();
      case RANK -> ranking();
    };
  }

  private Map<String, Double> clustering() {
    GroupScoring scoring = new GroupScoring(model, data, rows, cancel);
    witness.grouped(scoring.groups());
    return scoring.metrics();
  }

  /** Of the groups of the rows, each ordered by the model's scores. */
  private Map<String, Double> ranking() {
    int[] ordered = data.sideBySide(rows);
    int[] groups = data.groups(ordered);
    double[] relevance = data.labels(ordered);
    double[] score = new double[ordered.length];
    float[] out = new float[ordered.length];
    eachBlock(
        ordered,
        (features, from, count) -> {
          model.predict(features, count, out);
          for (int i = 0; i < count; i++) {
            score[from + i] = out[i];
          }
        });
    RankScores scores = new RankScores();
    for (int from = 0, to = 0; from < ordered.length; from = to) {
      while (to < ordered.length && groups[to] == groups[from]) {
        to++;
      }
      double[] wanted = Arrays.copyOfRange(relevance, from, to);
      double[] given = Arrays.copyOfRange(score, from, to);
      scores.add(wanted, given);
      witness.ranked(wanted, given);
    }
    return scores.scores();
  }

  private Map<String, Double> decomposition() {
    Map<String, Double> scores = new LinkedHashMap<>();
    double[] shares = model.explainedVarianceRatios();
    if (shares.length > 0) {
      scores.put(Task.DECOMPOSITION.keyMetric(), Arrays.stream(shares).sum());
    }
    return scores;
  }

  /** Of several targets, the mean of each one's, as scikit-learn's uniform average. */
  private Map<String, Double> regression() {
    int targets = model.outputCount();
    double[][] predicted = new double[targets][rows.length];
    float[] one = new float[targets];
    eachBlock((features, from, count) -> {
      float[] out = new float[count];
      if (targets == 1) {
        model.predict(features, count, out);
      }
      for (int i = 0; i < count; i++) {
        one[0] = out[i];
        if (targets > 1) {
          model.outputs(features, i * model.featureCount(), one, 0);
        }
        for (int t = 0; t < targets; t++) {
          predicted[t][from + i] = one[t];
        }
      }
    });
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int t = 0; t < targets; t++) {
      DataSet target = data.withLabel(t);
      double[] truth = target.labels(rows);
      witness.quantities(target.labelColumn().name(), truth, predicted[t]);
      RegressionScores.of(truth, predicted[t])
          .forEach((name, score) -> scores.merge(name, score / targets, Double::sum));
    }
    return scores;
  }

  private Map<String, Double> classification() {
    int classes = model.classes().count();
    int[] predicted = new int[rows.length];
    float[] probability = new float[model.providesProbabilities() ? rows.length * classes : 0];
    eachBlock((features, from, count) -> {
      for (int i = 0; i < count; i++) {
        int offset = i * model.featureCount();
        predicted[from + i] = (int) model.predict(features, offset);
        if (model.providesProbabilities()) {
          model.predictProba(features, offset, probability, (from + i) * classes);
        }
      }
    });
    int[] truth = truth();
    int known = Math.max(classes, Arrays.stream(truth).max().orElse(0) + 1);
    ConfusionMatrix matrix = new ConfusionMatrix(known, truth, predicted);
    witness.classes(matrix, truth, probability);
    Map<String, Double> scores = labelScores(matrix);
    if (model.providesProbabilities()) {
      ProbabilityScores byProbability = new ProbabilityScores(classes, truth, probability);
      byProbability.rocAuc().ifPresent(area -> scores.put("roc_auc", area));
      scores.put("log_loss", byProbability.logLoss());
    }
    return scores;
  }

  private static Map<String, Double> labelScores(ConfusionMatrix matrix) {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("f1", matrix.f1());
    scores.put("precision", matrix.precision());
    scores.put("recall", matrix.recall());
    scores.put("accuracy", matrix.accuracy());
    scores.put("mcc", matrix.mcc());
    return scores;
  }

  /** True class indexes in the model's order; labels it has never seen come behind its classes. */
  private int[] truth() {
    ClassLabels labels = model.classes();
    int[] truth = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int index = labels.names().indexOf(data.labelName(rows[i]));
      truth[i] = index >= 0 ? index : labels.count();
    }
    return truth;
  }

  @FunctionalInterface
  private interface Block {
    void accept(float[] features, int from, int count);
  }

  private void eachBlock(Block block) {
    eachBlock(rows, block);
  }

  private void eachBlock(int[] order, Block block) {
    for (int from = 0; from < order.length; from += BLOCK) {
      cancel.check();
      int to = Math.min(order.length, from + BLOCK);
      block.accept(data.rowMajor(Arrays.copyOfRange(order, from, to)), from, to - from);
    }
  }
}
