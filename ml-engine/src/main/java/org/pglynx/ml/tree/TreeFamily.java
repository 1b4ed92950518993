package org.pglynx.ml.tree;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.algo.Trainer;
import org.pglynx.ml.model.Task;

/** Decision trees, alone and in forests. */
public final class TreeFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("decision_tree")
            .with(Task.REGRESSION, weighted(ForestTrainer::tree, ForestTrainer.TREE_REGRESSION))
            .with(
                Task.CLASSIFICATION,
                weighted(ForestTrainer::tree, ForestTrainer.TREE_CLASSIFICATION)),
        forest("random_forest", ForestTrainer::randomForest),
        forest("extra_trees", ForestTrainer::extraTrees),
        Algorithm.supervised("bagging", weighted(ForestTrainer::bagging, ForestTrainer.BAGGING)),
        Algorithm.served("gradient_boosting_trees")
            .with(Task.REGRESSION, weighted(GradientBoosting::fit, GradientBoosting.REGRESSION))
            .with(
                Task.CLASSIFICATION,
                weighted(GradientBoosting::fit, GradientBoosting.CLASSIFICATION)),
        Algorithm.served("hist_gradient_boosting")
            .with(Task.REGRESSION, binned(HistGradientBoosting.REGRESSION))
            .with(Task.CLASSIFICATION, binned(HistGradientBoosting.CLASSIFICATION)),
        Algorithm.served("ada_boost")
            .with(Task.REGRESSION, weighted(AdaBoostRegression::fit, AdaBoostRegression.PARAMETERS))
            .with(Task.CLASSIFICATION, weighted(AdaBoost::classify, AdaBoost.CLASSIFICATION)));
  }

  private static Algorithm forest(String name, Trainer trainer) {
    return Algorithm.served(name)
        .with(Task.REGRESSION, weighted(trainer, ForestTrainer.REGRESSION))
        .with(Task.CLASSIFICATION, weighted(trainer, ForestTrainer.CLASSIFICATION));
  }

  private static Recipe binned(List<ParameterSpec> parameters) {
    return Recipe.withMissing(HistGradientBoosting::fit, parameters).withWeights();
  }

  private static Recipe weighted(Trainer trainer, List<ParameterSpec> parameters) {
    return Recipe.of(trainer, parameters).withWeights();
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(40, BoostedModel.class, BoostedModel::read),
        new ModelShape(41, AveragedForestModel.class, AveragedForestModel::read),
        new ModelShape(42, MedianForestModel.class, MedianForestModel::read));
  }
}
