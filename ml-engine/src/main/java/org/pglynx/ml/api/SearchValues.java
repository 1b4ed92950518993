package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** The values that a search tries for one hyperparameter. */
public sealed interface SearchValues {
  /** Values that stand for all: hyperparameters that take these take every value. */
  List<@Nullable Object> ends();

  /** One of the values. */
  @Nullable Object draw(SeededRandom random);

  /**
   * Reads the candidates of one hyperparameter: an array, or an object with min and max.
   *
   * @throws MlException of kind BAD_ARGUMENT that names the hyperparameter
   */
  static SearchValues of(String name, @Nullable Object json) {
    if (json instanceof List<?> list) {
      return new Choice(new ArrayList<>(list));
    }
    if (json instanceof Map<?, ?> range) {
      return RangeArguments.read(name, range);
    }
    throw new MlException(
        Kind.BAD_ARGUMENT,
        "search_params: the candidates of \"%s\" are neither an array nor a range".formatted(name),
        "Write them like '{\"max_depth\": [3, 6]}', or '{\"max_depth\": {\"min\": 2, \"max\":"
            + " 10}}' with search => 'random'.");
  }

  /**
   * Values that were listed.
   *
   * @param values in their order
   */
  record Choice(List<@Nullable Object> values) implements SearchValues {
    @Override
    public List<@Nullable Object> ends() {
      return values;
    }

    @Override
    public @Nullable Object draw(SeededRandom random) {
      return values.get(random.nextInt(values.size()));
    }
  }

  /**
   * Whole numbers of a range, each as likely as any other, or on a log scale.
   *
   * @param min the least
   * @param max the greatest
   * @param log whether magnitudes are equally likely
   */
  record WholeRange(long min, long max, boolean log) implements SearchValues {
    @Override
    public List<@Nullable Object> ends() {
      return List.of(min, max);
    }

    @Override
    public Object draw(SeededRandom random) {
      double u = random.nextDouble();
      double drawn = log ? min * StrictMath.pow((max + 1.0) / min, u) : min + u * (max + 1.0 - min);
      return Math.clamp((long) Math.floor(drawn), min, max);
    }
  }

  /**
   * Numbers of a range, evenly or on a log scale.
   *
   * @param min the least
   * @param max the greatest
   * @param log whether magnitudes are equally likely
   */
  record RealRange(double min, double max, boolean log) implements SearchValues {
    @Override
    public List<@Nullable Object> ends() {
      return List.of(min, max);
    }

    @Override
    public Object draw(SeededRandom random) {
      double u = random.nextDouble();
      // Strict: a stored seed gives the same candidates on every machine.
      double drawn = log ? min * StrictMath.pow(max / min, u) : min + u * (max - min);
      return Math.clamp(drawn, min, max);
    }
  }
}
