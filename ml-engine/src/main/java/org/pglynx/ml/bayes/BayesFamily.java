package org.pglynx.ml.bayes;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Densities of the features given the class. */
public final class BayesFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    Recipe gaussian = Recipe.of(NaiveBayesTrainer::fit, NaiveBayesTrainer.PARAMETERS);
    return List.of(
        classifier("gaussian_naive_bayes", gaussian),
        classifier("naive_bayes", gaussian),
        classifier(
            "multinomial_naive_bayes",
            Recipe.of(CountingTrainers::multinomial, CountingTrainers.MULTINOMIAL)),
        classifier(
            "complement_naive_bayes",
            Recipe.of(CountingTrainers::complement, CountingTrainers.COMPLEMENT)),
        classifier(
            "bernoulli_naive_bayes",
            Recipe.of(CountingTrainers::bernoulli, CountingTrainers.BERNOULLI)));
  }

  private static Algorithm classifier(String name, Recipe recipe) {
    return Algorithm.served(name).with(Task.CLASSIFICATION, recipe.withWeights());
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(4, NaiveBayesModel.class, NaiveBayesModel::read),
        new ModelShape(23, LinearScores.class, LinearScores::read));
  }
}
