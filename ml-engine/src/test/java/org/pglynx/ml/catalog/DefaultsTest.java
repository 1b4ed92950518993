package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

/**
 * The defaults that people are shown are those that the code takes: each algorithm is fitted on two
 * tables with two seeds, and what it has taken for its hyperparameters both times is its default.
 * With {@code -Dwrite=true} the file is made anew.
 */
class DefaultsTest {
  private static final Path FILE =
      Path.of(
          System.getProperty("basedir", "."),
          "src/main/resources/org/pglynx/ml/catalog",
          Defaults.RESOURCE);

  /** Libraries' own, which our code leaves to them: documented by XGBoost 3.0 and LightGBM 4.3. */
  private static final Map<String, String> XGBOOST =
      Map.ofEntries(
          Map.entry("eta", "0.3"),
          Map.entry("gamma", "0"),
          Map.entry("max_depth", "6"),
          Map.entry("min_child_weight", "1"),
          Map.entry("max_delta_step", "0"),
          Map.entry("subsample", "1"),
          Map.entry("colsample_bytree", "1"),
          Map.entry("colsample_bylevel", "1"),
          Map.entry("colsample_bynode", "1"),
          Map.entry("lambda", "1"),
          Map.entry("alpha", "0"),
          Map.entry("max_leaves", "0"),
          Map.entry("max_bin", "256"),
          Map.entry("num_parallel_tree", "1"));

  private static final Map<String, String> LIGHTGBM =
      Map.ofEntries(
          Map.entry("learning_rate", "0.1"),
          Map.entry("num_leaves", "31"),
          Map.entry("max_depth", "-1"),
          Map.entry("min_data_in_leaf", "20"),
          Map.entry("min_sum_hessian_in_leaf", "0.001"),
          Map.entry("bagging_fraction", "1"),
          Map.entry("bagging_freq", "0"),
          Map.entry("feature_fraction", "1"),
          Map.entry("lambda_l1", "0"),
          Map.entry("lambda_l2", "0"),
          Map.entry("min_gain_to_split", "0"),
          Map.entry("max_bin", "255"));

  private static TrainingTable table(Task task, String algorithm, int rows, int width) {
    float[] x = new float[rows * width];
    double[] y = new double[rows];
    int[] groups = new int[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j++) {
        x[i * width + j] = (i * 31 + j * 17) % 23 + i % 3 * 5 + 0.25f * j;
      }
      y[i] = task == Task.REGRESSION ? i % 7 + x[i * width] : i % 3;
      groups[i] = i / 6;
    }
    ClassLabels classes =
        task == Task.CLASSIFICATION
            ? new ClassLabels(ClassLabels.Kind.NUMBER, List.of("0", "1", "2"))
            : ClassLabels.NONE;
    List<String> names = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    boolean labelled = task != Task.CLUSTERING && task != Task.DECOMPOSITION;
    TrainingTable table =
        TrainingTable.of(task, algorithm, names, classes, x, labelled ? y : new double[0]);
    return task == Task.RANK ? table.withGroups(groups) : table;
  }

  private static Map<String, Object> taken(Algorithm algorithm, Task task) {
    FitContext one = new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);
    FitContext other = new FitContext(2, 1, CancelToken.NEVER, ProgressListener.NONE);
    Map<String, Object> taken =
        new TreeMap<>(algorithm.defaults(table(task, algorithm.name(), 60, 4), one));
    Map<String, Object> again = algorithm.defaults(table(task, algorithm.name(), 42, 3), other);
    taken.entrySet().removeIf(each -> !each.getValue().equals(again.get(each.getKey())));
    return taken;
  }

  private static Map<String, String> ofLibrary(String algorithm) {
    return switch (algorithm) {
      case "xgboost" -> XGBOOST;
      case "lightgbm" -> LIGHTGBM;
      default -> Map.of();
    };
  }

  private static Set<String> lines() throws IOException {
    JsonMapper json = new JsonMapper();
    Set<String> lines = new TreeSet<>();
    for (Algorithm algorithm : new Catalogue().all()) {
      for (Task task : algorithm.tasks()) {
        Set<String> known = new TreeSet<>();
        algorithm.parameters(task).forEach(spec -> known.add(spec.name()));
        Map<String, String> shown = new TreeMap<>();
        for (Map.Entry<String, Object> each : taken(algorithm, task).entrySet()) {
          shown.put(each.getKey(), json.writeValueAsString(each.getValue()));
        }
        shown.putAll(ofLibrary(algorithm.name()));
        shown.forEach((name, value) -> {
          if (known.contains(name) && !value.equals("\"\"")) {
            lines.add(Defaults.key(algorithm.name(), task, name) + "\t" + value);
          }
        });
      }
    }
    return lines;
  }

  @Test
  void what_is_shown_is_what_the_code_takes() throws IOException {
    Set<String> lines = lines();
    if (Boolean.getBoolean("write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, String.join("\n", lines) + "\n");
    }

    assertThat(Files.readAllLines(FILE)).containsExactlyElementsOf(lines);
  }

  @Test
  void each_default_is_a_value_that_the_hyperparameter_takes() throws IOException {
    JsonMapper json = new JsonMapper();
    for (Algorithm algorithm : new Catalogue().all()) {
      for (Task task : algorithm.tasks()) {
        algorithm
            .parameters(task)
            .forEach(spec -> {
              String shown = Defaults.of(algorithm.name(), task, spec.name());
              if (shown != null) {
                assertThat(accepted(algorithm, task, spec.name(), json, shown))
                    .as(algorithm.name() + " " + spec.name() + " " + shown)
                    .isEqualTo("");
              }
            });
      }
    }
  }

  private static String accepted(
      Algorithm algorithm, Task task, String name, JsonMapper json, String shown) {
    try {
      algorithm.check(task, Map.of(name, json.readValue(shown, Object.class)));
      return "";
    } catch (MlException | IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void the_libraries_defaults_given_change_nothing() throws IOException {
    JsonMapper json = new JsonMapper();
    FitContext context = new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);
    for (String name : List.of("xgboost", "lightgbm")) {
      Algorithm algorithm = new Catalogue().find(name);
      TrainingTable table = table(Task.REGRESSION, name, 200, 4);
      Map<String, Object> given = new TreeMap<>();
      for (Map.Entry<String, String> each : ofLibrary(name).entrySet()) {
        given.put(each.getKey(), json.readValue(each.getValue(), Object.class));
      }
      float[] row = {3, 5, 7, 9};

      assertThat(algorithm.fit(table, new TreeMap<>(given), context).predict(row, 0))
          .isEqualTo(algorithm.fit(table, Map.of(), context).predict(row, 0));
    }
  }
}
