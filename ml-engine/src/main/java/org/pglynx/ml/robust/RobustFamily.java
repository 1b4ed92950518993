package org.pglynx.ml.robust;

import static org.pglynx.ml.model.Task.REGRESSION;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;

/** Regressions that outliers do not spoil; their models are weighted sums. */
public final class RobustFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.served("huber")
            .with(REGRESSION, Recipe.of(Huber::fit, Huber.PARAMETERS).withWeights()),
        Algorithm.served("quantile")
            .with(REGRESSION, Recipe.of(Quantile::fit, Quantile.PARAMETERS).withWeights()),
        Algorithm.served("ransac")
            .with(REGRESSION, Recipe.of(Ransac::fit, Ransac.PARAMETERS).withWeights()),
        Algorithm.served("theil_sen")
            .with(REGRESSION, Recipe.of(TheilSen::fit, TheilSen.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of();
  }
}
