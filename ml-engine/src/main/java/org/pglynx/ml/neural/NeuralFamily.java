package org.pglynx.ml.neural;

import java.util.List;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.Recipe;

/** Feed-forward networks. */
public final class NeuralFamily implements Family {
  @Override
  public List<Algorithm> algorithms() {
    return List.of(
        Algorithm.supervised("mlp", Recipe.of(NetworkTrainer::fit, NetworkTrainer.PARAMETERS)));
  }

  @Override
  public List<ModelShape> shapes() {
    return List.of(new ModelShape(26, Network.class, Network::read));
  }
}
