package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
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
  private static final List<ParameterSpec> COMMON =
      TreeParameters.join(
          TreeParameters.SHAPE,
          TreeParameters.TREES,
          TreeParameters.JOBS,
          ParameterSpec.flag("bootstrap"),
          samples().orNull());

  static final List<ParameterSpec> REGRESSION =
      TreeParameters.join(COMMON, TreeParameters.REGRESSION_CRITERION);

  static final List<ParameterSpec> CLASSIFICATION =
      TreeParameters.join(
          COMMON,
          TreeParameters.CLASS_CRITERION,
          new ParameterSpec(
              "class_weight",
              List.of(),
              new Domain.Either(
                  new Domain.Choice(List.of("balanced_subsample")), new Domain.ClassWeight())));

  static final List<ParameterSpec> BAGGING =
      List.of(
          TreeParameters.TREES,
          TreeParameters.RANDOM_STATE,
          TreeParameters.JOBS,
          samples(),
          new ParameterSpec("max_features", List.of(), countOrShare()),
          ParameterSpec.flag("bootstrap"),
          ParameterSpec.flag("bootstrap_features"));

  static final List<ParameterSpec> TREE_REGRESSION =
      TreeParameters.join(
          TreeParameters.SHAPE,
          TreeParameters.REGRESSION_CRITERION,
          ParameterSpec.choice("splitter", "best", "random"));

  static final List<ParameterSpec> TREE_CLASSIFICATION =
      TreeParameters.join(
          TreeParameters.SHAPE,
          TreeParameters.CLASS_CRITERION,
          ParameterSpec.choice("splitter", "best", "random"),
          ParameterSpec.classWeight());

  private static final int DEFAULT_TREES = 100;
  private static final int DEFAULT_BAGS = 10;

  /** One grown tree and the class distributions of its leaves, one after the other. */
  private record Grown(FlatForest.Builder tree, float[] distributions) {}

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final RankedTable ranked;
  private final TreeTarget target;
  private final TreeSettings settings;
  private final RowSampler sampler;
  private final long seed;

  private ForestTrainer(
      TrainingTable table,
      Parameters parameters,
      FitContext context,
      TreeSettings settings,
      RowSampler sampler) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.ranked = new RankedTable(table, context.cancel());
    this.target = TreeTarget.of(table);
    this.settings = settings;
    this.sampler = sampler;
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

  /** One tree on all rows. */
  static StoredModel tree(TrainingTable table, Parameters parameters, FitContext context) {
    boolean random = parameters.choice("splitter", "best").equals("random");
    TreeSettings settings =
        TreeParameters.settings(parameters, table.width(), Integer.MAX_VALUE, null, random);
    RowSampler sampler = new RowSampler(table, parameters, false);
    return new ForestTrainer(table, parameters, context, settings, sampler).fit(1);
  }

  /** Ten bootstrapped trees, on all features or some that are drawn per tree. */
  static StoredModel bagging(TrainingTable table, Parameters parameters, FitContext context) {
    TreeSettings settings = TreeParameters.plain(Integer.MAX_VALUE, Integer.MAX_VALUE);
    RowSampler sampler =
        new RowSampler(table, parameters, parameters.flag("bootstrap", true)).drawingFeatures();
    int trees = parameters.whole("n_estimators", DEFAULT_BAGS);
    return new ForestTrainer(table, parameters, context, settings, sampler).fit(trees);
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
    RowSampler sampler = new RowSampler(table, parameters, bootstrap);
    int trees = parameters.whole("n_estimators", DEFAULT_TREES);
    return new ForestTrainer(table, parameters, context, settings, sampler).fit(trees);
  }

  private static ParameterSpec samples() {
    return new ParameterSpec("max_samples", List.of(), countOrShare());
  }

  /** Whole numbers are counts, others are shares. */
  private static Domain countOrShare() {
    return new Domain.NumberOrShare();
  }

  private StoredModel fit(int trees) {
    return fit(trees, TreeParameters.threads(parameters, context));
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
    SeededRandom random = TreeParameters.random(seed, number);
    FlatForest.Builder tree = new FlatForest.Builder();
    int outputs = target.outputs();
    List<float[]> distributions = new ArrayList<>();
    TreeGrower grower = new TreeGrower(ranked, target, settings, context.cancel());
    grower.grow(
        tree,
        sampler.weights(random),
        sampler.features(random),
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
