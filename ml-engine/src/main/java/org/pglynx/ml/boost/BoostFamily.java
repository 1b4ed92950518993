package org.pglynx.ml.boost;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Boosted trees that native libraries train; their models have the shapes of our own trees. */
public final class BoostFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("xgboost")
            .with(Task.REGRESSION, xgboost(XgboostParameters.REGRESSION))
            .with(Task.CLASSIFICATION, xgboost(XgboostParameters.CLASSIFICATION))
            .with(Task.RANK, xgboost(XgboostParameters.RANK)),
        Algorithm.served("xgboost_random_forest")
            .with(Task.REGRESSION, forest(XgboostParameters.FOREST_REGRESSION))
            .with(Task.CLASSIFICATION, forest(XgboostParameters.FOREST_CLASSIFICATION)),
        Algorithm.served("lightgbm")
            .with(Task.REGRESSION, lightgbm(LightgbmParameters.REGRESSION))
            .with(Task.CLASSIFICATION, lightgbm(LightgbmParameters.CLASSIFICATION))
            .with(Task.RANK, lightgbm(LightgbmParameters.RANK)));
  }

  private static Recipe xgboost(List<ParameterSpec> parameters) {
    return Recipe.withMissing(XgboostTrainer::boosting, parameters).withWeights();
  }

  private static Recipe forest(List<ParameterSpec> parameters) {
    return Recipe.withMissing(XgboostTrainer::forest, parameters).withWeights();
  }

  private static Recipe lightgbm(List<ParameterSpec> parameters) {
    return Recipe.withMissing(LightgbmTrainer::fit, parameters).withWeights();
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of();
  }
}
