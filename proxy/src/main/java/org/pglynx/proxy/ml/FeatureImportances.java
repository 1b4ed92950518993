package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/** pgml.feature_importance: what a model's features matter, the most important first. */
final class FeatureImportances implements ServiceStatement.Table {
  private final ModelSource models;

  FeatureImportances(ModelSource models) {
    this.models = models;
  }

  @Override
  public List<List<@Nullable Object>> rows(CallValues values, AnswerContext context)
      throws PgErrorException, InterruptedException {
    ModelRef reference = ModelRef.of(values);
    if (reference == null) {
      return List.of();
    }
    LoadedModel loaded;
    try (SqlSession session = context.servers().openToRead()) {
      loaded = models.find(context, session, reference);
    }
    double[] importance = measure(loaded, values.text("measure")).values();
    List<String> names = loaded.model().featureNames();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    IntStream.range(0, names.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -importance[i]))
        .forEach(i -> rows.add(Arrays.asList(names.get(i), importance[i])));
    return rows;
  }

  /** The measure of the name, or the model's usual one. */
  private static FeatureImportance measure(LoadedModel loaded, @Nullable String name)
      throws PgErrorException {
    List<FeatureImportance> known = loaded.model().importance();
    for (FeatureImportance importance : known) {
      if (name == null || importance.measure().equals(name)) {
        return importance;
      }
    }
    throw MlErrors.invalid(
            "model %d knows no measure of importance \"%s\"".formatted(loaded.key().id(), name))
        .withHint(
            "It knows "
                + known.stream().map(FeatureImportance::measure).collect(Collectors.joining(", "))
                + ".")
        .toException();
  }
}
