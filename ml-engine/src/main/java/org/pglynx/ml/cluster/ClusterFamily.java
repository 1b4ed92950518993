package org.pglynx.ml.cluster;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;
import org.pglynx.ml.model.Task;

/** Groups of rows. */
public final class ClusterFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        grouping("kmeans", Recipe.of(KMeansTrainer::fit, KMeansTrainer.PARAMETERS).withWeights()));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(60, CentreModel.class, CentreModel::read));
  }

  private static Algorithm grouping(String name, Recipe recipe) {
    return Algorithm.served(name).with(Task.CLUSTERING, recipe);
  }
}
