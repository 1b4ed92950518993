package org.pglynx.ml.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Family;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.bayes.BayesFamily;
import org.pglynx.ml.boost.BoostFamily;
import org.pglynx.ml.cluster.ClusterFamily;
import org.pglynx.ml.discriminant.DiscriminantFamily;
import org.pglynx.ml.kernel.KernelFamily;
import org.pglynx.ml.linear.LinearFamily;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.neighbours.NeighboursFamily;
import org.pglynx.ml.neural.NeuralFamily;
import org.pglynx.ml.online.OnlineFamily;
import org.pglynx.ml.pipeline.PipelineFamily;
import org.pglynx.ml.projection.ProjectionFamily;
import org.pglynx.ml.robust.RobustFamily;
import org.pglynx.ml.tree.TreeFamily;

/**
 * Every algorithm name SQL can say: the served ones of PostgresML, those that it knows and we
 * refuse, and ours.
 */
public final class Catalogue {
  private static final String LANGUAGE =
      "Language models are not served. Use 'linear' or 'xgboost' with numbers or categories made of"
          + " the texts.";

  private static final List<Family> FAMILIES =
      List.of(
          new LinearFamily(),
          new OnlineFamily(),
          new RobustFamily(),
          new BoostFamily(),
          new TreeFamily(),
          new NeighboursFamily(),
          new BayesFamily(),
          new ClusterFamily(),
          new ProjectionFamily(),
          new KernelFamily(),
          new PipelineFamily(),
          new DiscriminantFamily(),
          new NeuralFamily());

  private final Map<String, Algorithm> byName;

  /** The catalogue. */
  public Catalogue() {
    Stream<Algorithm> served = FAMILIES.stream().flatMap(family -> family.algorithms().stream());
    this.byName =
        Stream.concat(served, refusedOthers().stream())
            .collect(Collectors.toMap(Algorithm::name, a -> a, (a, b) -> a, LinkedHashMap::new));
  }

  /** The shapes of all models. */
  static List<ModelShape> shapes() {
    return FAMILIES.stream().flatMap(family -> family.shapes().stream()).toList();
  }

  /** All algorithms. */
  public List<Algorithm> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The algorithm of that name, be it served or not.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM when SQL does not know the name
   */
  public Algorithm find(String name) {
    @Nullable Algorithm algorithm = byName.get(name);
    if (algorithm == null) {
      throw new MlException(
          MlException.Kind.UNKNOWN_ALGORITHM,
          "unknown algorithm \"%s\"".formatted(name),
          "Served algorithms: " + served() + ".");
    }
    return algorithm;
  }

  private String served() {
    return byName.values().stream()
        .filter(a -> !a.tasks().isEmpty())
        .map(Algorithm::name)
        .collect(Collectors.joining(", "));
  }

  private static List<Algorithm> refusedOthers() {
    return List.of(
        Algorithm.refused(
            "catboost",
            "CatBoost cannot be trained on the JVM. Use 'lightgbm', 'xgboost' or"
                + " 'hist_gradient_boosting' instead."),
        Algorithm.refused("transformers", LANGUAGE));
  }
}
