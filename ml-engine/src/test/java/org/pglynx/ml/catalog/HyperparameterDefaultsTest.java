package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.AskedParameters;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.HyperparameterInfo;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

/** The defaults that people are told are those that count. */
class HyperparameterDefaultsTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final List<AlgorithmInfo> TOLD =
      new MlEngine(new EngineSettings(1, 1 << 28)).algorithms();

  private static final Map<String, Object> DART = Map.of("booster", "dart");
  private static final Map<String, Object> LINEAR = Map.of("booster", "gblinear");
  private static final Map<String, Object> HISTOGRAM = Map.of("tree_method", "hist");
  private static final Map<String, Map<String, Object>> XGBOOST_WITH =
      Map.ofEntries(
          Map.entry("rate_drop", DART),
          Map.entry("one_drop", DART),
          Map.entry("skip_drop", DART),
          Map.entry("sample_type", DART),
          Map.entry("normalize_type", DART),
          Map.entry("updater", LINEAR),
          Map.entry("feature_selector", LINEAR),
          Map.entry("top_k", LINEAR),
          Map.entry("grow_policy", HISTOGRAM),
          Map.entry("max_leaves", HISTOGRAM),
          Map.entry("max_bin", HISTOGRAM),
          Map.entry("colsample_bynode", HISTOGRAM));

  static Stream<Arguments> algorithms() {
    return new Catalogue()
        .all().stream().flatMap(a -> a.tasks().stream().map(task -> Arguments.of(a, task)));
  }

  /** What is said of an algorithm, by hyperparameter. */
  private static Map<String, JsonNode> told(Algorithm algorithm, Task task) throws Exception {
    Map<String, JsonNode> told = new TreeMap<>();
    for (AlgorithmInfo info : TOLD) {
      if (info.name().equals(algorithm.name())) {
        for (HyperparameterInfo each : Objects.requireNonNull(info.parameters().get(task))) {
          if (each.otherwise() != null) {
            told.put(each.name(), MAPPER.readTree(each.otherwise()));
          }
        }
      }
    }
    return told;
  }

  /** Those that a training asks for by itself; but not those that the seed or the rows decide. */
  private static Map<String, Object> asked(Algorithm algorithm, Task task) {
    Map<String, Set<Object>> once =
        AskedParameters.by(algorithm, table(algorithm, task, 120), context(3));
    Map<String, Set<Object>> again =
        AskedParameters.by(algorithm, table(algorithm, task, 72), context(4));
    Map<String, Object> asked = new TreeMap<>();
    for (ParameterSpec spec : algorithm.parameters(task)) {
      Set<Object> values = once.getOrDefault(spec.name(), Set.of());
      if (values.size() == 1 && values.equals(again.get(spec.name()))) {
        Object value = values.iterator().next();
        if (spec.domain().convert(value) != Domain.INVALID) {
          asked.put(spec.name(), value);
        }
      }
    }
    return asked;
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void what_is_told_is_what_a_training_takes(Algorithm algorithm, Task task) throws Exception {
    Map<String, JsonNode> told = told(algorithm, task);

    asked(algorithm, task)
        .forEach((name, value) -> {
          JsonNode found = told.getOrDefault(name, MissingNode.getInstance());
          // Null is what has not been given; the next test shows that it is.
          assertThat(found.isNull() || same(found, value))
              .as("%s is %s, not %s", name, value, found)
              .isTrue();
        });
  }

  private static boolean same(JsonNode told, Object value) {
    return value instanceof Number number
        ? told.isNumber() && told.doubleValue() == number.doubleValue()
        : told.asText().equals(value.toString());
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void who_gives_the_defaults_gets_the_model_of_who_gives_nothing(Algorithm algorithm, Task task)
      throws Exception {
    Map<String, @Nullable Object> given = defaults(algorithm, task);
    if (algorithm.name().equals("xgboost")) {
      given.keySet().removeAll(XGBOOST_WITH.keySet());
    }

    assertSame(algorithm, task, given, Map.of());
  }

  /** Some of XGBoost's go with a booster or a method only, which is another one without them. */
  @ParameterizedTest
  @EnumSource(names = {"REGRESSION", "CLASSIFICATION", "RANK"})
  void the_same_holds_for_what_goes_with_another_choice_only(Task task) throws Exception {
    Algorithm xgboost = new Catalogue().find("xgboost");
    for (Map<String, Object> choice : Set.copyOf(XGBOOST_WITH.values())) {
      Map<String, @Nullable Object> given = defaults(xgboost, task);
      given.keySet().removeIf(name -> !choice.equals(XGBOOST_WITH.get(name)));
      given.putAll(choice);

      assertSame(xgboost, task, given, choice);
    }
  }

  private static void assertSame(
      Algorithm algorithm,
      Task task,
      Map<String, @Nullable Object> given,
      Map<String, ? extends @Nullable Object> otherwise) {
    assertThat(Arrays.equals(model(algorithm, task, given), model(algorithm, task, otherwise)))
        .as("%s is the same model with %s", algorithm.name(), given)
        .isTrue();
  }

  private static Map<String, @Nullable Object> defaults(Algorithm algorithm, Task task)
      throws Exception {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    told(algorithm, task)
        .forEach((name, value) -> given.put(name, MAPPER.convertValue(value, Object.class)));
    return given;
  }

  private static byte[] model(
      Algorithm algorithm, Task task, Map<String, ? extends @Nullable Object> given) {
    return new ModelCodec(1 << 28)
        .encode(algorithm.fit(table(algorithm, task, 120), new LinkedHashMap<>(given), context(3)));
  }

  @Test
  void most_hyperparameters_have_a_default_that_is_told() {
    long all =
        TOLD.stream()
            .flatMap(info -> info.parameters().values().stream())
            .mapToLong(List::size)
            .sum();
    long known =
        TOLD.stream()
            .flatMap(info -> info.parameters().values().stream())
            .flatMap(List::stream)
            .filter(each -> each.otherwise() != null)
            .count();

    assertThat((double) known / all).isGreaterThan(0.8);
  }

  private static FitContext context(long seed) {
    return new FitContext(seed, 1, CancelToken.NEVER, ProgressListener.NONE);
  }

  /** Three groups of rows, told apart by the first of four features. */
  private static TrainingTable table(Algorithm algorithm, Task task, int rows) {
    SeededRandom random = new SeededRandom(5);
    float[] x = new float[rows * 4];
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < 4; j++) {
        x[i * 4 + j] = random.nextInt(6) + (j == 0 ? i % 3 * 4 : 0);
      }
      double line = x[i * 4] + 0.3 * x[i * 4 + 1] + random.nextDouble() + 1;
      y[i] = task == Task.REGRESSION ? line : i % 3;
    }
    boolean labelled = task != Task.CLUSTERING && task != Task.DECOMPOSITION;
    ClassLabels labels =
        task == Task.CLASSIFICATION
            ? new ClassLabels(ClassLabels.Kind.NUMBER, List.of("0", "1", "2"))
            : ClassLabels.NONE;
    List<String> names = List.of("a", "b", "c", "d");
    double[] truth = labelled ? y : new double[0];
    TrainingTable table = TrainingTable.of(task, algorithm.name(), names, labels, x, truth);
    return task == Task.RANK ? Sets.grouped(table, 12) : table;
  }
}
