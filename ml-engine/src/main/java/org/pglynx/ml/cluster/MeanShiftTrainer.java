package org.pglynx.ml.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.exec.RowBlocks;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Mean shift with a flat kernel (Comaniciu, Meer 2002): from each seed to the mean of the rows
 * around it, until it rests; of resting places closer than the bandwidth the fullest stays.
 */
final class MeanShiftTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.positiveOrNull("bandwidth"),
          ParameterSpec.flag("bin_seeding"),
          ParameterSpec.whole("min_bin_freq", 1, Integer.MAX_VALUE),
          ParameterSpec.flag("cluster_all"),
          ParameterSpec.whole("max_iter", 1, 1_000_000));

  private static final int DEFAULT_ROUNDS = 300;
  private static final double QUANTILE = 0.3;
  private static final double STILL = 1e-3;

  /** Each row climbs for some rounds, each of which looks at a share of all rows. */
  private static final int MAX_ROWS = 20_000;

  private final Points points;
  private final FitContext context;
  private final KdTree tree;

  /** A place where a seed came to rest, and how many rows are around it. */
  private record Peak(double[] centre, int rows) {}

  private MeanShiftTrainer(Points points, FitContext context) {
    this.points = points;
    this.context = context;
    this.tree = new KdTree(points.x(), points.width(), context.cancel()::check);
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    points.requireAtMost(MAX_ROWS, "mean_shift");
    MeanShiftTrainer run = new MeanShiftTrainer(points, context);
    double bandwidth =
        parameters.has("bandwidth") ? parameters.real("bandwidth", 0) : run.estimate();
    requirePositive(bandwidth);
    List<double[]> seeds =
        parameters.flag("bin_seeding", false)
            ? run.bins(bandwidth, parameters.whole("min_bin_freq", 1))
            : run.rows();
    List<Peak> peaks = run.climb(seeds, bandwidth, parameters.whole("max_iter", DEFAULT_ROUNDS));
    double[] centres = run.thin(peaks, bandwidth);
    boolean all = parameters.flag("cluster_all", true);
    return CentreModel.numbered(table.info(), centres, all ? Double.POSITIVE_INFINITY : bandwidth);
  }

  private static void requirePositive(double bandwidth) {
    if (!(bandwidth > 0)) {
      throw new MlException(
          Kind.BAD_DATA,
          "the bandwidth cannot be estimated: too many training rows are equal",
          "Set hyperparameter bandwidth.");
    }
  }

  /** The mean distance to the neighbour that three tenths of the rows are nearer than. */
  private double estimate() {
    int n = points.rows();
    int rank = Math.max(1, (int) (n * QUANTILE));
    double[] distances = new double[n];
    try (RowBlocks blocks = new RowBlocks(n, context.threads(), context.cancel())) {
      blocks.forEach((block, from, to) -> {
        double[] row = new double[n];
        for (int i = from; i < to; i++) {
          context.cancel().check();
          for (int other = 0; other < n; other++) {
            row[other] = points.between(i, other);
          }
          Arrays.sort(row);
          distances[i] = Math.sqrt(row[rank - 1]);
        }
      });
    }
    return Arrays.stream(distances).sum() / n;
  }

  private List<double[]> rows() {
    List<double[]> seeds = new ArrayList<>();
    for (int i = 0; i < points.rows(); i++) {
      double[] seed = new double[points.width()];
      points.copyTo(i, seed, 0);
      seeds.add(seed);
    }
    return seeds;
  }

  /** The corners of a grid that enough rows are nearest to. */
  private List<double[]> bins(double size, int enough) {
    Map<List<Double>, Integer> counts = new LinkedHashMap<>();
    for (double[] row : rows()) {
      counts.merge(
          Arrays.stream(row).map(v -> Math.rint(v / size)).boxed().toList(), 1, Integer::sum);
    }
    if (counts.size() == points.rows()) {
      return rows();
    }
    return counts.entrySet().stream()
        .filter(bin -> bin.getValue() >= enough)
        .map(bin -> bin.getKey().stream().mapToDouble(v -> v * size).toArray())
        .toList();
  }

  private List<Peak> climb(List<double[]> seeds, double bandwidth, int rounds) {
    Peak[] peaks = new Peak[seeds.size()];
    try (RowBlocks blocks = new RowBlocks(peaks.length, context.threads(), context.cancel())) {
      blocks.forEach((block, from, to) -> {
        for (int i = from; i < to; i++) {
          peaks[i] = climb(seeds.get(i), bandwidth, rounds);
        }
      });
    }
    List<Peak> reached = Arrays.stream(peaks).filter(peak -> peak.rows > 0).toList();
    if (reached.isEmpty()) {
      throw new MlException(
          Kind.BAD_DATA,
          "no row is within bandwidth %s of a seed".formatted(bandwidth),
          "Raise bandwidth, lower min_bin_freq, or leave out bin_seeding.");
    }
    return reached;
  }

  private Peak climb(double[] seed, double bandwidth, int rounds) {
    double[] mean = seed.clone();
    double[] sum = new double[mean.length];
    int[] found = {0};
    for (int round = 0; round <= rounds; round++) {
      context.cancel().check();
      Arrays.fill(sum, 0);
      found[0] = 0;
      tree.within(
          mean,
          bandwidth * bandwidth,
          row -> {
            found[0]++;
            for (int j = 0; j < sum.length; j++) {
              sum[j] += points.x()[row * sum.length + j];
            }
          });
      if (found[0] == 0 || shift(mean, sum, found[0]) < STILL * bandwidth) {
        break;
      }
    }
    return new Peak(mean, found[0]);
  }

  private static double shift(double[] mean, double[] sum, int rows) {
    double squared = 0;
    for (int j = 0; j < mean.length; j++) {
      double next = sum[j] / rows;
      squared += (next - mean[j]) * (next - mean[j]);
      mean[j] = next;
    }
    return Math.sqrt(squared);
  }

  /** The fullest peaks first; a peak within the bandwidth of one that is kept goes. */
  private double[] thin(List<Peak> peaks, double bandwidth) {
    List<Peak> sorted = new ArrayList<>(peaks);
    sorted.sort(
        Comparator.comparingInt(Peak::rows)
            .thenComparing(Peak::centre, Arrays::compare)
            .reversed());
    List<double[]> kept = new ArrayList<>();
    for (Peak peak : sorted) {
      context.cancel().check();
      if (kept.stream().noneMatch(centre -> near(centre, peak.centre, bandwidth))) {
        kept.add(peak.centre);
      }
    }
    return kept.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  private static boolean near(double[] a, double[] b, double bandwidth) {
    return Distances.squared(a, 0, b, 0, a.length) <= bandwidth * bandwidth;
  }
}
