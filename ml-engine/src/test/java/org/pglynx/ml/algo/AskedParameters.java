package org.pglynx.ml.algo;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** No hyperparameter is given, and what counts in its place is noted. */
public final class AskedParameters extends Parameters {
  private final Map<String, Set<Object>> asked = new TreeMap<>();

  private AskedParameters() {
    super(Map.of());
  }

  /** By hyperparameter what a training takes if it is not given; several if that differs. */
  public static Map<String, Set<Object>> by(
      Algorithm algorithm, TrainingTable table, FitContext context) {
    AskedParameters parameters = new AskedParameters();
    algorithm.recipe(table.info().task()).trainer().fit(table, parameters, context);
    return parameters.asked;
  }

  private <T> T note(String name, T otherwise) {
    asked.computeIfAbsent(name, any -> new LinkedHashSet<>()).add(otherwise);
    return otherwise;
  }

  @Override
  public int whole(String name, int otherwise) {
    return note(name, otherwise);
  }

  @Override
  public long longWhole(String name, long otherwise) {
    return note(name, otherwise);
  }

  @Override
  public double real(String name, double otherwise) {
    return note(name, otherwise);
  }

  @Override
  public boolean flag(String name, boolean otherwise) {
    return note(name, otherwise);
  }

  @Override
  public String choice(String name, String otherwise) {
    return note(name, otherwise);
  }
}
