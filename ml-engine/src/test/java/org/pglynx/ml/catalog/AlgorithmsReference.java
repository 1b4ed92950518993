package org.pglynx.ml.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/** The text of {@code docs/ml/algorithms.md}: what the catalogue says, and scores. */
final class AlgorithmsReference {
  private final List<Algorithm> algorithms =
      new Catalogue().all().stream().sorted(Comparator.comparing(Algorithm::name)).toList();
  private final List<String> lines = new ArrayList<>();

  private AlgorithmsReference() {}

  /** The part before the scores. */
  static List<String> catalogue() {
    AlgorithmsReference reference = new AlgorithmsReference();
    reference.overview();
    reference.refused();
    reference.aboutScores();
    return reference.lines;
  }

  /** The part after the scores. */
  static List<String> hyperparameters() {
    AlgorithmsReference reference = new AlgorithmsReference();
    reference.section("Hyperparameters");
    reference.add(
        "Names and defaults are those of scikit-learn, XGBoost and LightGBM; other names that are taken",
        "for the same are in parentheses. Any other name, and a value that does not fit, is an error.",
        "`sample_weight_column` and, for `rank`, `group_column` are taken besides.");
    reference.served().forEach(reference::hyperparameters);
    return reference.lines;
  }

  private void overview() {
    add(
        "# Algorithms",
        "",
        "Made by `AlgorithmsReferenceTest` with `-Dwrite=true`, from the code and from a run of the tests'",
        "reference figures. Choose one by `algorithm => 'ridge'` in [`pgml.train`](functions.md).");
    section("Served");
    add(
        "`NULL`: missing features are learnt from as they are; elsewhere `preprocess` replaces them. Weights: tasks",
        "in which `sample_weight_column` is taken.",
        "",
        "| algorithm | tasks | NULL | weights |",
        "|---|---|---|---|");
    for (Algorithm each : served()) {
      add(
          "| `%s` | %s | %s | %s |"
              .formatted(
                  each.name(),
                  names(each.tasks()),
                  each.nativeMissing() ? "yes" : "",
                  names(each.weightedTasks())));
    }
  }

  private void refused() {
    section("Refused by name");
    for (Algorithm each : algorithms) {
      if (each.tasks().isEmpty()) {
        add("- `" + each.name() + "`: " + advice(each));
      }
    }
  }

  /** What its refusal says to do. */
  private static String advice(Algorithm refused) {
    try {
      refused.check(Task.REGRESSION, Map.of());
      throw new AssertionError(refused.name() + " is served");
    } catch (MlException e) {
      return String.valueOf(e.hint());
    }
  }

  private void aboutScores() {
    section("Scores");
    add(
        "Next to scikit-learn 1.2.1, XGBoost 1.7.4 and LightGBM 4.3.0 on the same rows with the same hyperparameters:",
        "the last quarter, every fourth row, or the first of five folds is held out. *scaled*: columns of mean 0 and",
        "deviation 1. r2 and accuracy are of the rows held out. *likeness* is the adjusted Rand index of our groups and",
        "the library's, 1 when they are the same; *explained variance* that of all components. Random forests and the",
        "like draw other random numbers than the libraries do, hence their wider tolerance. The tests hold more:",
        "further hyperparameters, weights, and predictions row by row. *three targets* are learnt by pgml.train_joint,",
        "r2 is the mean of theirs; of *groups* of rows every fourth is held out, and the reference is XGBoost 3.0.4.",
        "",
        "| algorithm | task | data | hyperparameters | score | reference | tolerance | pglynx |",
        "|---|---|---|---|--:|--:|--:|--:|");
  }

  private void hyperparameters(Algorithm algorithm) {
    add("", "### " + algorithm.name(), "");
    Map<String, List<Task>> tasks = new LinkedHashMap<>();
    for (Task task : Task.values()) {
      if (algorithm.tasks().contains(task)) {
        for (ParameterSpec spec : algorithm.parameters(task)) {
          String text = "`" + spec.name() + "`" + aliases(spec) + ": " + spec.domain().describe();
          tasks.computeIfAbsent(text, key -> new ArrayList<>()).add(task);
        }
      }
    }
    if (tasks.isEmpty()) {
      add("None.");
    }
    tasks.forEach((text, in) -> {
      boolean all = in.size() == algorithm.tasks().size();
      add("- " + text + (all ? "" : " *(" + names(Set.copyOf(in)) + ")*"));
    });
  }

  private static String aliases(ParameterSpec spec) {
    return spec.aliases().isEmpty()
        ? ""
        : spec.aliases().stream()
            .map(alias -> "`" + alias + "`")
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private List<Algorithm> served() {
    return algorithms.stream().filter(each -> !each.tasks().isEmpty()).toList();
  }

  private static String names(Set<Task> tasks) {
    return tasks.stream().sorted().map(Task::sqlName).collect(Collectors.joining(", "));
  }

  private void section(String title) {
    add("", "## " + title, "");
  }

  private void add(String... more) {
    lines.addAll(List.of(more));
  }
}
