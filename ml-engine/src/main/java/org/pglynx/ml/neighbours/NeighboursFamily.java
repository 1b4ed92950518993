package org.pglynx.ml.neighbours;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;

/** The nearest rows decide. */
public final class NeighboursFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.supervised(
            "knn", Recipe.of(NeighboursTrainer::fit, NeighboursTrainer.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(25, NeighboursModel.class, NeighboursModel::read));
  }
}
