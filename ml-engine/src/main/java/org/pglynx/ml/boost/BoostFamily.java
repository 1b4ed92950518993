package org.pglynx.ml.boost;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Boosted trees that native libraries train; their models have the shapes of our own trees. */
public final class BoostFamily implements Family {
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
                Recipe.withMissing(XgboostTrainer::forest, XgboostTrainer.FOREST_CLASSIFICATION)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of();
  }
}
