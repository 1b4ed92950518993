package org.pglynx.ml.catalog;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.ml.algo.Features;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.api.TrainingRequest;
import org.pglynx.ml.data.BuiltInDataset;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.data.DatasetRows;
import org.pglynx.ml.data.Datasets;
import org.pglynx.ml.metrics.RankScores;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.ReferenceLines;
import org.pglynx.ml.testing.Sets;

/**
 * Our scores for several targets at once and for ranking, by the protocols that {@code
 * joint_reference.py} and {@code rank_reference.py} tell.
 */
final class JointAndRankScores {
  private static final int TARGETS = 3;
  private static final int GROUPS = 20;
  private static final double[] QUARTERS = {87, 140.5, 211.5};
  private static final FitContext CONTEXT =
      new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);

  private JointAndRankScores() {}

  /** What scikit-learn scores with several targets. */
  static Stream<ReferenceLines> joint() {
    return ReferenceLines.of("joint.csv");
  }

  /** What XGBoost and LightGBM score in ranking. */
  static Stream<ReferenceLines> ranks() {
    return ReferenceLines.of("ranks.csv");
  }

  /** The mean r2 of the targets on the last quarter of the rows. */
  static double r2(ReferenceLines line) {
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            line.algorithm(),
            line.hyperparameters(),
            severalTargets(line.data()),
            0.25,
            Sampling.LAST,
            0,
            Optional.empty());
    TrainedModel trained =
        new MlEngine(new EngineSettings(1, 1 << 30))
            .train(request, ProgressListener.NONE, CancelToken.NEVER);
    return trained.metrics().get("r2") instanceof Number value ? value.doubleValue() : Double.NaN;
  }

  private static DataSet severalTargets(String name) {
    BuiltInDataset source = Datasets.find(name).orElseThrow();
    List<BuiltInDataset.Column> columns = source.columns();
    int features = columns.size() - TARGETS;
    List<ColumnSpec> specs =
        IntStream.range(0, columns.size())
            .mapToObj(c ->
                c < features
                    ? ColumnSpec.feature(columns.get(c).name())
                    : ColumnSpec.label(columns.get(c).name(), ColumnSpec.Type.NUMBER))
            .toList();
    DataSetBuilder builder = new DataSetBuilder(specs, Long.MAX_VALUE);
    try (DatasetRows rows = source.open()) {
      while (rows.next()) {
        for (int c = 0; c < specs.size(); c++) {
          builder.number(Double.parseDouble(rows.text(c)));
        }
        builder.endRow();
      }
    }
    return builder.build();
  }

  /** The mean ndcg of the groups held out. */
  static double ndcg(ReferenceLines line) {
    DataSet data = Sets.builtIn(line.data());
    Model model =
        new Catalogue()
            .find(line.algorithm())
            .fit(
                table(data, line.algorithm(), group -> group % 4 != 0),
                line.hyperparameters(),
                CONTEXT);
    RankScores scores = new RankScores();
    for (int held = 0; held < GROUPS; held += 4) {
      int wanted = held;
      TrainingTable rows = table(data, line.algorithm(), group -> group == wanted);
      double[] score = new double[rows.rows()];
      Arrays.setAll(score, i -> model.predict(rows.x(), i * rows.width()));
      scores.add(rows.y(), score);
    }
    return scores.scores().getOrDefault("ndcg", Double.NaN);
  }

  private static TrainingTable table(DataSet data, String algorithm, IntPredicate wanted) {
    int[] rows =
        IntStream.range(0, data.rowCount())
            .filter(row -> wanted.test(row % GROUPS))
            .boxed()
            .sorted(Comparator.comparingInt(row -> row % GROUPS))
            .mapToInt(row -> row)
            .toArray();
    double[] relevance =
        Arrays.stream(data.labels(rows)).map(JointAndRankScores::quarter).toArray();
    ModelInfo info = new ModelInfo(Task.RANK, algorithm, data.featureNames(), ClassLabels.NONE);
    return new TrainingTable(
        info,
        Features.of(data.rowMajor(rows), data.featureCount()),
        relevance,
        null,
        Arrays.stream(rows).map(row -> row % GROUPS).toArray());
  }

  private static double quarter(double target) {
    return Arrays.stream(QUARTERS).filter(cut -> target >= cut).count();
  }
}
