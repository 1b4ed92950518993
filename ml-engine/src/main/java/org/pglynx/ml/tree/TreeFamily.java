package org.pglynx.ml.tree;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Decision trees, alone and in forests. */
public final class TreeFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("xgboost")
            .with(
                Task.REGRESSION,
                Recipe.withMissing(XgboostTrainer::boosting, XgboostTrainer.REGRESSION))
            .with(
                Task.CLASSIFICATION,
                Recipe.withMissing(XgboostTrainer::boosting, XgboostTrainer.CLASSIFICATION)),
        Algorithm.served("xgboost_random_forest")
            .with(
                Task.REGRESSION,
                Recipe.withMissing(XgboostTrainer::forest, XgboostTrainer.FOREST_REGRESSION))
            .with(
                Task.CLASSIFICATION,
                Recipe.withMissing(XgboostTrainer::forest, XgboostTrainer.FOREST_CLASSIFICATION)),
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
        new ModelShape(1, BoostedModel.class, BoostedModel::read),
        new ModelShape(2, AveragedForestModel.class, AveragedForestModel::read));
  }
}
