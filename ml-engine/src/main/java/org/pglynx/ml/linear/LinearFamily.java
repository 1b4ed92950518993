package org.pglynx.ml.linear;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Weighted sums of the features. */
public final class LinearFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("linear")
            .with(
                Task.REGRESSION,
                Recipe.of(LeastSquaresTrainers::linear, LeastSquaresTrainers.LINEAR).withWeights())
            .with(
                Task.CLASSIFICATION,
                Recipe.of(LogisticTrainer::fit, LogisticTrainer.PARAMETERS).withWeights()),
        Algorithm.served("ridge")
            .with(
                Task.REGRESSION,
                Recipe.of(LeastSquaresTrainers::ridge, LeastSquaresTrainers.RIDGE).withWeights())
            .with(
                Task.CLASSIFICATION,
                Recipe.of(
                        LeastSquaresTrainers::ridgeClassifier,
                        LeastSquaresTrainers.RIDGE_CLASSIFIER)
                    .withWeights()),
        Algorithm.served("lasso")
            .with(
                Task.REGRESSION,
                Recipe.of(CoordinateDescent::lasso, CoordinateDescent.LASSO).withWeights()),
        Algorithm.served("elastic_net")
            .with(
                Task.REGRESSION,
                Recipe.of(CoordinateDescent::elasticNet, CoordinateDescent.ELASTIC_NET)
                    .withWeights()),
        Algorithm.served("least_angle")
            .with(Task.REGRESSION, Recipe.of(LeastAngle::lars, LeastAngle.LARS)),
        Algorithm.served("lasso_least_angle")
            .with(Task.REGRESSION, Recipe.of(LeastAngle::lassoLars, LeastAngle.LASSO_LARS)),
        Algorithm.served("orthogonal_matching_pursuit")
            .with(Task.REGRESSION, Recipe.of(MatchingPursuit::fit, MatchingPursuit.PARAMETERS)),
        Algorithm.served("linear_svm")
            .with(
                Task.REGRESSION,
                Recipe.of(SupportVectors::regression, SupportVectors.REGRESSION).withWeights())
            .with(
                Task.CLASSIFICATION,
                Recipe.of(SupportVectors::classification, SupportVectors.CLASSIFICATION)
                    .withWeights()),
        Algorithm.served("bayesian_ridge")
            .with(
                Task.REGRESSION,
                Recipe.of(BayesianRidge::fit, BayesianRidge.PARAMETERS).withWeights()),
        Algorithm.served("automatic_relevance_determination")
            .with(
                Task.REGRESSION,
                Recipe.of(RelevanceDetermination::fit, RelevanceDetermination.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(10, LinearModel.class, LinearModel::read));
  }
}
