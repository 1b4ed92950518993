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
    return List.of(
        Algorithm.served("gaussian_naive_bayes")
            .with(
                Task.CLASSIFICATION,
                Recipe.of(NaiveBayesTrainer::fit, NaiveBayesTrainer.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(4, NaiveBayesModel.class, NaiveBayesModel::read));
  }
}
