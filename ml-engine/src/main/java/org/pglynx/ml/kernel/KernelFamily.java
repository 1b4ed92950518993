package org.pglynx.ml.kernel;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Support vector machines and their relatives. */
public final class KernelFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("svm")
            .with(Task.REGRESSION, Recipe.of(SvrTrainer::fit, SvmParameters.SVR).withWeights())
            .with(Task.CLASSIFICATION, Recipe.of(SvcTrainer::fit, SvmParameters.SVC).withWeights()),
        Algorithm.served("nu_svm")
            .with(Task.REGRESSION, Recipe.of(SvrTrainer::fitNu, SvmParameters.NU_SVR).withWeights())
            .with(
                Task.CLASSIFICATION,
                Recipe.of(SvcTrainer::fitNu, SvmParameters.NU_SVC).withWeights()),
        Algorithm.served("kernel_ridge")
            .with(
                Task.REGRESSION,
                Recipe.of(KernelRidgeTrainer::fit, KernelRidgeTrainer.PARAMETERS).withWeights()),
        Algorithm.served("gaussian_process")
            .with(
                Task.REGRESSION,
                Recipe.of(GaussianRegressionTrainer::fit, GaussianParameters.REGRESSION))
            .with(
                Task.CLASSIFICATION,
                Recipe.of(GaussianClassificationTrainer::fit, GaussianParameters.CLASSIFICATION)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(20, SvcModel.class, SvcModel::read),
        new ModelShape(21, KernelSum.class, KernelSum::read),
        new ModelShape(22, GaussianClassifier.class, GaussianClassifier::read));
  }
}
