package org.pglynx.ml.projection;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Rows in fewer numbers. */
public final class ProjectionFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(projection("pca", Recipe.of(PcaTrainer::fit, PcaTrainer.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(70, LinearProjection.class, LinearProjection::read));
  }

  private static Algorithm projection(String name, Recipe recipe) {
    return Algorithm.served(name).with(Task.DECOMPOSITION, recipe);
  }
}
