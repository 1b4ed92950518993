package org.pglynx.ml.tree;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;

/** Decision trees, alone and in forests. */
public final class TreeFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.supervised(
            "random_forest", Recipe.of(ForestTrainer::randomForest, ForestTrainer.PARAMETERS)),
        Algorithm.supervised(
            "extra_trees", Recipe.of(ForestTrainer::extraTrees, ForestTrainer.PARAMETERS)),
        Algorithm.supervised(
            "gradient_boosting_trees",
            Recipe.of(GradientBoosting::fit, GradientBoosting.PARAMETERS)),
        Algorithm.supervised("bagging", Recipe.of(ForestTrainer::bagging, ForestTrainer.BAGGING)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(40, BoostedModel.class, BoostedModel::read),
        new ModelShape(41, AveragedForestModel.class, AveragedForestModel::read));
  }
}
