package org.pglynx.ml.online;

import static org.pglynx.ml.model.Task.CLASSIFICATION;
import static org.pglynx.ml.model.Task.REGRESSION;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;

/** Algorithms that learn from one row at a time; their models are weighted sums. */
public final class OnlineFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("stochastic_gradient_descent")
            .with(
                REGRESSION,
                Recipe.of(OnlineTrainers::sgdRegression, OnlineParameters.SGD_REGRESSION)
                    .withWeights())
            .with(
                CLASSIFICATION,
                Recipe.of(OnlineTrainers::sgdClassification, OnlineParameters.SGD_CLASSIFICATION)
                    .withWeights()),
        Algorithm.served("perceptron")
            .with(
                CLASSIFICATION,
                Recipe.of(OnlineTrainers::perceptron, OnlineParameters.PERCEPTRON).withWeights()),
        Algorithm.served("passive_aggressive")
            .with(
                REGRESSION,
                Recipe.of(OnlineTrainers::passiveRegression, OnlineParameters.PASSIVE_REGRESSION))
            .with(
                CLASSIFICATION,
                Recipe.of(
                    OnlineTrainers::passiveClassification,
                    OnlineParameters.PASSIVE_CLASSIFICATION)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of();
  }
}
