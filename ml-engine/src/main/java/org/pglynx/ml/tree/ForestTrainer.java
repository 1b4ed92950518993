package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.Task;

/**
 * Random forests (Breiman 2001), extremely randomised trees (Geurts, Ernst, Wehenkel 2006) and
 * bagged trees with scikit-learn's defaults. Each tree has its own seed, so the forest does not
 * depend on the number of threads.
 */
final class ForestTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          TreeParameters.TREES,
          TreeParameters.MAX_DEPTH,
          TreeParameters.MIN_SPLIT,
          TreeParameters.MIN_LEAF,
          TreeParameters.MAX_FEATURES,
          ParameterSpec.flag("bootstrap"),
          TreeParameters.RANDOM_STATE,
          TreeParameters.JOBS);

  static final List<ParameterSpec> BAGGING =
      List.of(TreeParameters.TREES, TreeParameters.RANDOM_STATE, TreeParameters.JOBS);

  private static final int DEFAULT_TREES = 100;
  private static final int DEFAULT_BAGS = 10;

  /** One grown tree and the class distributions of its leaves, one after the other. */
  private record Grown(FlatForest.Builder tree, float[] distributions) {}

  private final TrainingTable table;
  private final FitContext context;
  private final RankedTable ranked;
  private final TreeTarget target;
  private final TreeSettings settings;
  private final boolean bootstrap;
  private final long seed;

  private ForestTrainer(
      TrainingTable table,
      Parameters parameters,
      FitContext context,
      TreeSettings settings,
      boolean bootstrap) {
    this.table = table;
    this.context = context;
    this.ranked = new RankedTable(table, context.cancel());
    this.target = new TreeTarget(Math.max(1, outputs(table.classCount())), table.y());
    this.settings = settings;
    this.bootstrap = bootstrap;
    this.seed = TreeParameters.seed(parameters, context);
  }

  /** Bootstrapped trees with the best split among some features. */
  static StoredModel randomForest(TrainingTable table, Parameters parameters, FitContext context) {
    return forest(table, parameters, context, false, true);
  }

  /** Trees on all rows, with one random threshold per feature. */
  static StoredModel extraTrees(TrainingTable table, Parameters parameters, FitContext context) {
    return forest(table, parameters, context, true, false);
  }

  /** Ten bootstrapped trees on all features. */
  static StoredModel bagging(TrainingTable table, Parameters parameters, FitContext context) {
    TreeSettings settings =
        TreeParameters.settings(parameters, table.width(), Integer.MAX_VALUE, null, false);
    int trees = parameters.whole("n_estimators", DEFAULT_BAGS);
    return new ForestTrainer(table, parameters, context, settings, true)
        .fit(trees, TreeParameters.threads(parameters, context));
  }

  private static StoredModel forest(
      TrainingTable table,
      Parameters parameters,
      FitContext context,
      boolean randomThresholds,
      boolean bootstrapByDefault) {
    @Nullable Object features = table.info().task() == Task.REGRESSION ? null : "sqrt";
    TreeSettings settings =
        TreeParameters.settings(
            parameters, table.width(), Integer.MAX_VALUE, features, randomThresholds);
    boolean bootstrap = parameters.flag("bootstrap", bootstrapByDefault);
    int trees = parameters.whole("n_estimators", DEFAULT_TREES);
    return new ForestTrainer(table, parameters, context, settings, bootstrap)
        .fit(trees, TreeParameters.threads(parameters, context));
  }

  private static int outputs(int classes) {
    return classes > 2 ? classes : 1;
  }

  private StoredModel fit(int trees, int threads) {
    Grown[] grown = new Grown[trees];
    AtomicInteger done = new AtomicInteger();
    try (Workers workers = new Workers("pglynx-fit", Math.min(threads, trees))) {
      workers.forEach(
          trees,
          t -> {
            context.cancel().check();
            grown[t] = grow(t);
            context.progress().progress("trees", done.incrementAndGet(), trees);
          });
    }
    return assemble(List.of(grown));
  }

  private Grown grow(int number) {
    SeededRandom random = new SeededRandom(new SeededRandom(seed + number).nextLong());
    FlatForest.Builder tree = new FlatForest.Builder();
    int outputs = target.outputs();
    List<float[]> distributions = new ArrayList<>();
    TreeGrower grower = new TreeGrower(ranked, target, settings, context.cancel());
    grower.grow(
        tree,
        weights(random),
        random,
        (leaf, sums, weight) -> {
          if (outputs > 1) {
            distributions.add(shares(sums, weight));
          }
        });
    float[] flat = new float[distributions.size() * outputs];
    for (int i = 0; i < distributions.size(); i++) {
      System.arraycopy(distributions.get(i), 0, flat, i * outputs, outputs);
    }
    return new Grown(tree, flat);
  }

  private int[] weights(SeededRandom random) {
    int[] weight = new int[table.rows()];
    if (!bootstrap) {
      Arrays.fill(weight, 1);
      return weight;
    }
    for (int i = 0; i < weight.length; i++) {
      weight[random.nextInt(weight.length)]++;
    }
    return weight;
  }

  private static float[] shares(double[] sums, double weight) {
    float[] shares = new float[sums.length];
    for (int k = 0; k < shares.length; k++) {
      shares[k] = (float) (sums[k] / weight);
    }
    return shares;
  }

  private StoredModel assemble(List<Grown> grown) {
    FlatForest.Builder forest = new FlatForest.Builder();
    int cells = grown.stream().mapToInt(g -> g.distributions().length).sum();
    float[] distributions = new float[cells];
    int at = 0;
    for (Grown tree : grown) {
      forest.append(tree.tree());
      System.arraycopy(tree.distributions(), 0, distributions, at, tree.distributions().length);
      at += tree.distributions().length;
    }
    return new AveragedForestModel(table.info(), forest.build(), distributions);
  }
}
