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
        grouping("kmeans", Recipe.of(KMeansTrainer::fit, KMeansTrainer.PARAMETERS).withWeights()),
        grouping(
            "mini_batch_kmeans",
            Recipe.of(MiniBatchTrainer::fit, MiniBatchTrainer.PARAMETERS).withWeights()),
        grouping("dbscan", Recipe.of(DbscanTrainer::fit, DbscanTrainer.PARAMETERS).withWeights()),
        grouping("mean_shift", Recipe.of(MeanShiftTrainer::fit, MeanShiftTrainer.PARAMETERS)),
        grouping(
            "affinity_propagation", Recipe.of(AffinityTrainer::fit, AffinityTrainer.PARAMETERS)),
        grouping("birch", Recipe.of(BirchTrainer::fit, BirchTrainer.PARAMETERS)),
        grouping("optics", Recipe.of(OpticsTrainer::fit, OpticsTrainer.PARAMETERS)),
        grouping("spectral", Recipe.of(SpectralTrainer::fit, SpectralTrainer.PARAMETERS)),
        grouping("spectral_bi", Recipe.of(BiclusterTrainer::fit, BiclusterTrainer.PARAMETERS)),
        grouping("spectral_co", Recipe.of(CoclusterTrainer::fit, CoclusterTrainer.PARAMETERS)),
        Algorithm.served("feature_agglomeration")
            .with(
                Task.DECOMPOSITION,
                Recipe.of(FeatureGroupsTrainer::fit, FeatureGroupsTrainer.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(
        new ModelShape(60, CentreModel.class, CentreModel::read),
        new ModelShape(61, RowModel.class, RowModel::read),
        new ModelShape(62, PooledModel.class, PooledModel::read),
        new ModelShape(63, BiclusterModel.class, BiclusterModel::read));
  }

  private static Algorithm grouping(String name, Recipe recipe) {
    return Algorithm.served(name).with(Task.CLUSTERING, recipe);
  }
}
