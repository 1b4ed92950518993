package org.pglynx.ml.discriminant;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Discriminant analyses, each under its long and its short name. */
public final class DiscriminantFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    Recipe linear = Recipe.of(LinearDiscriminantTrainer::fit, LinearDiscriminantTrainer.PARAMETERS);
    Recipe quadratic =
        Recipe.of(QuadraticDiscriminantTrainer::fit, QuadraticDiscriminantTrainer.PARAMETERS);
    return List.of(
        Algorithm.served("linear_discriminant_analysis").with(Task.CLASSIFICATION, linear),
        Algorithm.served("lda").with(Task.CLASSIFICATION, linear),
        Algorithm.served("quadratic_discriminant_analysis").with(Task.CLASSIFICATION, quadratic),
        Algorithm.served("qda").with(Task.CLASSIFICATION, quadratic));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(24, QuadraticDiscriminant.class, QuadraticDiscriminant::read));
  }
}
