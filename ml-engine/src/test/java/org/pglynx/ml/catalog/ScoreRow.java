package org.pglynx.ml.catalog;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.api.TrainingRequest;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.FittedReference;
import org.pglynx.ml.testing.LinearReferences;
import org.pglynx.ml.testing.RandIndex;
import org.pglynx.ml.testing.ReferenceLines;
import org.pglynx.ml.testing.ReferenceScores;
import org.pglynx.ml.testing.Sets;
import org.pglynx.ml.testing.SplitTable;
import org.pglynx.ml.testing.Unlabelled;

/**
 * A score of ours next to that of the library where the algorithm comes from, on the same rows.
 *
 * @param algorithm its SQL name
 * @param task what it learns
 * @param data the data set
 * @param form how its columns are given: "" as they are
 * @param hyperparams as JSON
 * @param metric which score
 * @param reference the library's
 * @param tolerance how far ours may be off
 * @param ours computes ours
 */
record ScoreRow(
    String algorithm,
    Task task,
    String data,
    String form,
    String hyperparams,
    String metric,
    double reference,
    double tolerance,
    DoubleSupplier ours) {
  private static final int SEED = 7;
  private static final String SCALED = "scaled";
  private static final FitContext CONTEXT =
      new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);

  /** One for each algorithm, task and data set: the plainest that the reference figures have. */
  static List<ScoreRow> all() {
    Map<String, ScoreRow> rows = new LinkedHashMap<>();
    Stream.of(lastQuarters(), trees(), linear(), fitted(), groups(), components(), joint(), ranks())
        .flatMap(each -> each)
        .forEach(row -> rows.merge(row.place(), row, (a, b) -> b.oddity() < a.oddity() ? b : a));
    return rows.values().stream()
        .sorted(
            Comparator.comparing(ScoreRow::algorithm)
                .thenComparing(ScoreRow::task)
                .thenComparing(ScoreRow::data))
        .toList();
  }

  private String place() {
    return algorithm + ' ' + task + ' ' + data;
  }

  private int oddity() {
    return (hyperparams.equals("{}") ? 0 : 2) + (form.isEmpty() ? 0 : 1);
  }

  /** All cells but ours. */
  String known() {
    return "| %s | %s | %s | %s | %s | %s | %s |"
        .formatted(
            algorithm,
            task.sqlName(),
            form.isEmpty() ? data : data + ", " + form,
            hyperparams.equals("{}") ? "" : "`" + hyperparams + "`",
            metric,
            number(reference),
            tolerance == 0 ? "equal" : String.format(Locale.ROOT, "%.2g", tolerance));
  }

  /** The number as it is shown. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.5f", value);
  }

  private static Stream<ScoreRow> lastQuarters() {
    return ReferenceLines.of("last25.csv")
        .map(line -> {
          Task task = Task.bySqlName(line.text("task")).orElseThrow();
          String metric = metric(task);
          String column = metric.equals("accuracy") ? "acc" : metric;
          return new ScoreRow(
              line.algorithm(),
              task,
              line.data(),
              "",
              line.text("hyperparameters"),
              metric,
              ReferenceScores.of(line.data(), line.text("reference"), "last25", column),
              line.numbers("tolerance")[0],
              () -> engineScore(line, task, metric));
        });
  }

  private static double engineScore(ReferenceLines line, Task task, String metric) {
    TrainedModel trained =
        new MlEngine(new EngineSettings(1, 1 << 30))
            .train(
                new TrainingRequest(
                    task,
                    line.algorithm(),
                    line.hyperparameters(),
                    Sets.builtIn(line.data()),
                    0.25,
                    Sampling.LAST,
                    SEED,
                    Optional.empty()),
                ProgressListener.NONE,
                CancelToken.NEVER);
    return trained.metrics().get(metric) instanceof Number value ? value.doubleValue() : Double.NaN;
  }

  private static Stream<ScoreRow> trees() {
    return TreeReferenceTest.references()
        .filter(line -> !line.weighted() && !line.metric().equals("log_loss"))
        .map(line ->
            new ScoreRow(
                line.algorithm(),
                line.task(),
                line.set(),
                "",
                line.hyperparams(),
                line.metric(),
                line.value(),
                line.tolerance(),
                () -> TreeReferenceTest.score(line)));
  }

  private static Stream<ScoreRow> linear() {
    return LinearReferences.of("linear-models.tsv").stream()
        .filter(line -> !line.options().contains("weighted") && !line.options().contains("small"))
        .map(line ->
            new ScoreRow(
                line.algorithm(),
                line.task(),
                line.data(),
                line.options().contains(SCALED) ? SCALED : "",
                line.hyperparams(),
                metric(line.task()),
                line.score(),
                Math.max(1e-6, 3 * line.tolerance()),
                () -> linearScore(line)));
  }

  private static double linearScore(LinearReferences.Reference line) {
    SplitTable table = SplitTable.of(line.data(), line.algorithm(), line.task(), line.options());
    return table.score(
        new Catalogue()
            .find(line.algorithm())
            .fit(table.train(), JsonObjects.parse(line.hyperparams(), "hyperparams"), CONTEXT));
  }

  private static Stream<ScoreRow> fitted() {
    return Stream.of("kernel", "gaussian", "bayes", "neighbours", "neural")
        .flatMap(FittedReference::of)
        .filter(line -> !line.weighted())
        .map(line -> {
          boolean classes = line.task() == Task.CLASSIFICATION;
          int rows = line.values().length;
          return new ScoreRow(
              line.algorithm(),
              line.task(),
              line.set(),
              line.scaled() ? SCALED : "",
              json(line.hyperparams()),
              metric(line.task()),
              score(line.task(), line.test().y(), line.values()),
              classes ? (double) (rows / 300) / rows : line.tolerance(),
              () -> fittedScore(line));
        });
  }

  private static double fittedScore(FittedReference line) {
    TrainingTable test = line.test();
    Model model =
        new Catalogue().find(line.algorithm()).fit(line.training(), line.hyperparams(), CONTEXT);
    double[] predicted = new double[test.rows()];
    Arrays.setAll(predicted, i -> model.predict(test.x(), i * test.width()));
    return score(line.task(), test.y(), predicted);
  }

  private static Stream<ScoreRow> joint() {
    return JointAndRankScores.joint()
        .map(line ->
            other(line, Task.REGRESSION, "three targets", "r2", () -> JointAndRankScores.r2(line)));
  }

  private static Stream<ScoreRow> ranks() {
    return JointAndRankScores.ranks()
        .map(line ->
            other(line, Task.RANK, "in groups", "ndcg", () -> JointAndRankScores.ndcg(line)));
  }

  private static ScoreRow other(
      ReferenceLines line, Task task, String form, String metric, DoubleSupplier ours) {
    double reference = line.numbers(metric)[0];
    return new ScoreRow(
        line.algorithm(),
        task,
        line.data(),
        form,
        line.text("hyperparameters"),
        metric,
        reference,
        line.numbers("tolerance")[0] * Math.max(1, Math.abs(reference)),
        ours);
  }

  private static Stream<ScoreRow> groups() {
    return ReferenceLines.of("clusters.csv")
        .map(line ->
            grouping(
                line,
                Task.CLUSTERING,
                1 - line.numbers("likeness")[0],
                () -> RandIndex.adjusted(groupsOfRows(line), line.labels("labels"))));
  }

  private static int[] groupsOfRows(ReferenceLines line) {
    TrainingTable table = Unlabelled.builtIn(Task.CLUSTERING, line.algorithm(), line.data());
    Model model =
        new Catalogue().find(line.algorithm()).fit(table, line.hyperparameters(), CONTEXT);
    return IntStream.range(0, table.rows())
        .map(i -> (int) model.predict(table.x(), i * table.width()))
        .toArray();
  }

  private static Stream<ScoreRow> components() {
    return ReferenceLines.of("projections.csv")
        .filter(line -> List.of("ratios", "groups").contains(line.text("what")))
        .filter(line -> !line.data().contains("/"))
        .map(line ->
            line.text("what").equals("groups")
                ? grouping(
                    line,
                    Task.DECOMPOSITION,
                    0,
                    () -> RandIndex.adjusted(groupsOfFeatures(line), line.labels("numbers")))
                : variance(line));
  }

  private static ScoreRow variance(ReferenceLines line) {
    return new ScoreRow(
        line.algorithm(),
        Task.DECOMPOSITION,
        set(line),
        form(line),
        line.text("hyperparameters"),
        "explained variance",
        Arrays.stream(line.numbers("numbers")).sum(),
        1e-4,
        () -> Arrays.stream(decomposition(line).explainedVarianceRatios()).sum());
  }

  /** A component is the mean of its features: what the feature alone makes other than zero. */
  private static int[] groupsOfFeatures(ReferenceLines line) {
    Model model = decomposition(line);
    int[] groups = new int[model.featureCount()];
    float[] out = new float[model.outputCount()];
    for (int j = 0; j < groups.length; j++) {
      float[] row = new float[groups.length];
      row[j] = 1;
      model.outputs(row, 0, out, 0);
      groups[j] = IntStream.range(0, out.length).filter(g -> out[g] != 0).findFirst().orElse(-1);
    }
    return groups;
  }

  private static Model decomposition(ReferenceLines line) {
    TrainingTable table = Unlabelled.builtIn(Task.DECOMPOSITION, line.algorithm(), line.data());
    return new Catalogue().find(line.algorithm()).fit(table, line.hyperparameters(), CONTEXT);
  }

  private static ScoreRow grouping(
      ReferenceLines line, Task task, double tolerance, DoubleSupplier ours) {
    return new ScoreRow(
        line.algorithm(),
        task,
        set(line),
        form(line),
        line.text("hyperparameters"),
        "likeness",
        1,
        tolerance,
        ours);
  }

  private static String set(ReferenceLines line) {
    return line.data().replace("+scale", "");
  }

  private static String form(ReferenceLines line) {
    return line.data().endsWith("+scale") ? SCALED : "";
  }

  private static String metric(Task task) {
    return task == Task.REGRESSION ? "r2" : "accuracy";
  }

  private static String json(Map<String, Object> hyperparams) {
    return JsonObjects.write(hyperparams);
  }

  private static double score(Task task, double[] y, double[] predicted) {
    double mean = Arrays.stream(y).average().orElseThrow();
    double right = 0;
    double off = 0;
    double spread = 0;
    for (int i = 0; i < y.length; i++) {
      right += predicted[i] == y[i] ? 1 : 0;
      off += (y[i] - predicted[i]) * (y[i] - predicted[i]);
      spread += (y[i] - mean) * (y[i] - mean);
    }
    return task == Task.REGRESSION ? 1 - off / spread : right / y.length;
  }
}
