package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.exec.RowBlocks;

/** k-means by steps on few rows (Sculley 2010), with scikit-learn's starts, resets and stops. */
final class MiniBatchTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.whole("n_clusters", 1, 100_000, "k"),
          ParameterSpec.choice("init", "k-means++", "random"),
          ParameterSpec.whole("max_iter", 1, 1_000_000),
          ParameterSpec.whole("batch_size", 1, 100_000_000),
          ParameterSpec.atLeast("tol", 0),
          ParameterSpec.wholeOrNull("max_no_improvement", 0, Integer.MAX_VALUE),
          ParameterSpec.wholeOrNull("init_size", 1, 100_000_000),
          ParameterSpec.whole("n_init", 1, 10_000),
          ParameterSpec.atLeast("reassignment_ratio", 0),
          SharedParameters.RANDOM_STATE);

  private static final int DEFAULT_GROUPS = 8;
  private static final int DEFAULT_ROUNDS = 100;
  private static final int DEFAULT_BATCH = 1024;
  private static final int DEFAULT_RUNS = 3;
  private static final int DEFAULT_PATIENCE = 10;
  private static final double DEFAULT_REASSIGNMENT = 0.01;

  private final Points points;
  private final Parameters parameters;
  private final FitContext context;
  private final SeededRandom random;
  private final int k;
  private final int batch;

  private MiniBatchTrainer(Points points, Parameters parameters, FitContext context) {
    this.points = points;
    this.parameters = parameters;
    this.context = context;
    this.random = SharedParameters.random(parameters, context);
    this.k = parameters.whole("n_clusters", DEFAULT_GROUPS);
    this.batch = Math.min(points.rows(), parameters.whole("batch_size", DEFAULT_BATCH));
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    MiniBatchTrainer run = new MiniBatchTrainer(Points.of(table), parameters, context);
    run.points.requireAtLeast(run.k, "n_clusters");
    return CentreModel.numbered(table.info(), run.descend(run.start()));
  }

  /** The best of some starts, by rows drawn for that. */
  private double[] start() {
    int size = Math.min(points.rows(), initSize());
    Points judges = points.subset(draw(size));
    double[] best = new double[0];
    double least = Double.POSITIVE_INFINITY;
    for (int run = 0; run < parameters.whole("n_init", DEFAULT_RUNS); run++) {
      double[] centres = start(size < points.rows() ? points.subset(draw(size)) : points);
      double inertia = judges.inertia(centres, context.cancel());
      if (best.length == 0 || inertia < least) {
        least = inertia;
        best = centres;
      }
    }
    return best;
  }

  private double[] start(Points some) {
    try (RowBlocks blocks = new RowBlocks(some.rows(), context.threads(), context.cancel())) {
      Seeding seeding = new Seeding(some, k, blocks, random);
      boolean spread = parameters.choice("init", "k-means++").equals("k-means++");
      return spread ? seeding.plusPlus() : seeding.random();
    }
  }

  private int initSize() {
    int size = parameters.whole("init_size", 3 * batch);
    return size < k ? 3 * k : size;
  }

  private double[] descend(double[] start) {
    int steps =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                (long) parameters.whole("max_iter", DEFAULT_ROUNDS) * points.rows() / batch);
    double tolerance = parameters.real("tol", 0) * points.meanVariance();
    Steps walk = new Steps(start);
    Patience patience = new Patience();
    for (int step = 0; step < steps; step++) {
      double inertia = walk.step() / batch;
      boolean still = tolerance > 0 && walk.moved <= tolerance;
      if (step > 0 && (patience.exhausted(inertia) || still)) {
        break;
      }
      context.progress().progress("mini batches", step + 1, steps);
    }
    return walk.centres;
  }

  private int[] draw(int count) {
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = random.nextInt(points.rows());
    }
    return drawn;
  }

  /** Whether a smoothed inertia has stopped to fall. */
  private final class Patience {
    private final double alpha = Math.min(1, 2.0 * batch / (points.rows() + 1.0));
    private double smooth = Double.NaN;
    private double least = Double.POSITIVE_INFINITY;
    private int without;

    boolean exhausted(double inertia) {
      smooth = Double.isNaN(smooth) ? inertia : smooth * (1 - alpha) + inertia * alpha;
      if (smooth < least) {
        least = smooth;
        without = 0;
      } else {
        without++;
      }
      if (parameters.given("max_no_improvement") && !parameters.has("max_no_improvement")) {
        return false;
      }
      return without >= parameters.whole("max_no_improvement", DEFAULT_PATIENCE);
    }
  }

  /** Centres that move towards the rows of one batch after another. */
  private final class Steps {
    private final double[] centres;
    private final double[] mass = new double[k];
    private final double[] batchMass = new double[k];
    private final double[] sums = new double[k * points.width()];
    private int sinceReset;
    private double moved;

    Steps(double[] centres) {
      this.centres = centres;
    }

    /** One step; the inertia of its rows before it. */
    double step() {
      int[] rows = draw(batch);
      Arrays.fill(sums, 0);
      Arrays.fill(batchMass, 0);
      double inertia = 0;
      for (int row : rows) {
        context.cancel().check();
        inertia += collect(row);
      }
      moved = 0;
      for (int c = 0; c < k; c++) {
        move(c);
      }
      reset(rows);
      return inertia;
    }

    private double collect(int row) {
      int width = points.width();
      int c = Distances.nearest(points.x(), row * width, centres, width);
      double weight = points.weights()[row];
      batchMass[c] += weight;
      for (int j = 0; j < width; j++) {
        sums[c * width + j] += weight * points.x()[row * width + j];
      }
      return weight * points.distance(row, centres, c);
    }

    private void move(int c) {
      if (batchMass[c] == 0) {
        return;
      }
      double after = mass[c] + batchMass[c];
      for (int at = c * points.width(); at < (c + 1) * points.width(); at++) {
        double mean = (centres[at] * mass[c] + sums[at]) / after;
        moved += (mean - centres[at]) * (mean - centres[at]);
        centres[at] = mean;
      }
      mass[c] = after;
    }

    /** Gives centres that hardly any row chooses to random rows of the batch. */
    private void reset(int[] rows) {
      sinceReset += batch;
      boolean some = Arrays.stream(mass).anyMatch(m -> m == 0) || sinceReset >= 10L * k;
      double ratio = parameters.real("reassignment_ratio", DEFAULT_REASSIGNMENT);
      if (!some || ratio == 0) {
        return;
      }
      sinceReset = 0;
      double least = ratio * Arrays.stream(mass).max().orElse(0);
      int free = rows.length / 2;
      double floor = Arrays.stream(mass).filter(m -> m >= least).min().orElse(0);
      for (int c = 0; c < k && free > 0; c++) {
        if (mass[c] < least) {
          int other = random.nextInt(free);
          points.copyTo(rows[other], centres, c);
          rows[other] = rows[--free];
          mass[c] = floor;
        }
      }
    }
  }
}
