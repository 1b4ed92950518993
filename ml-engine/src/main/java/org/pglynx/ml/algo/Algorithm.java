package org.pglynx.ml.algo;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

/** An algorithm name of SQL, with the tasks it serves here; none when it is refused. */
public final class Algorithm {
  private final String name;
  private final String instead;
  private final Map<Task, Recipe> recipes = new EnumMap<>(Task.class);

  private Algorithm(String name, String instead) {
    this.name = name;
    this.instead = instead;
  }

  /** A served algorithm; its recipes follow. */
  public static Algorithm served(String name) {
    return new Algorithm(name, "");
  }

  /** The same served for both supervised tasks in the same way. */
  public static Algorithm supervised(String name, Recipe recipe) {
    return served(name).with(Task.REGRESSION, recipe).with(Task.CLASSIFICATION, recipe);
  }

  /**
   * The same with one task more. A classifier that takes weights of rows gets class_weight by them
   * unless it has its own.
   */
  public Algorithm with(Task task, Recipe recipe) {
    boolean own = recipe.parameters().stream().anyMatch(spec -> spec.answersTo("class_weight"));
    boolean wrapped = task == Task.CLASSIFICATION && recipe.weighted() && !own;
    recipes.put(task, wrapped ? recipe.withClassWeights() : recipe);
    return this;
  }

  /** A name that PostgresML knows and we refuse, saying what to use instead. */
  public static Algorithm refused(String name, String instead) {
    return new Algorithm(name, instead);
  }

  /** The SQL name. */
  public String name() {
    return name;
  }

  /** Of a refused one, what to use instead; else empty. */
  public String instead() {
    return instead;
  }

  /** The tasks it serves. */
  public Set<Task> tasks() {
    return Set.copyOf(recipes.keySet());
  }

  /** The hyperparameters of all its tasks, each with its aliases. */
  public List<String> hyperparameters() {
    return recipes.values().stream()
        .flatMap(recipe -> recipe.parameters().stream())
        .map(ParameterSpec::display)
        .distinct()
        .toList();
  }

  /**
   * The hyperparameters of one of its tasks.
   *
   * @throws MlException of kind UNSUPPORTED_TASK when it does not serve the task
   */
  public List<ParameterSpec> parameters(Task task) {
    return recipe(task).parameters();
  }

  /** The tasks in which rows may have weights. */
  public Set<Task> weightedTasks() {
    return recipes.entrySet().stream()
        .filter(entry -> entry.getValue().weighted())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether NULL features are served. */
  public boolean nativeMissing() {
    return recipes.values().stream().anyMatch(Recipe::nativeMissing);
  }

  /**
   * Requires that rows may have weights.
   *
   * @throws MlException of kind UNSUPPORTED_TASK
   */
  public void requireWeighted(Task task) {
    if (!recipe(task).weighted()) {
      throw new MlException(
          Kind.UNSUPPORTED_TASK,
          "algorithm \"%s\" takes no weights of rows".formatted(name),
          "Leave sample_weight_column out, or use an algorithm that takes them, such as xgboost.");
    }
  }

  /**
   * Checks task and hyperparameters without data.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM, UNSUPPORTED_TASK or BAD_HYPERPARAMETER
   */
  public void check(Task task, Map<String, @Nullable Object> hyperparams) {
    Parameters.resolve(name, recipe(task).parameters(), hyperparams);
  }

  /**
   * Fits a model on a table that is free of missing values, unless {@link #nativeMissing()}.
   *
   * @throws MlException also of kind CANCELLED or INTERNAL
   */
  public StoredModel fit(
      TrainingTable table, Map<String, @Nullable Object> hyperparams, FitContext context) {
    Recipe recipe = recipe(table.info().task());
    Parameters parameters = Parameters.resolve(name, recipe.parameters(), hyperparams);
    return recipe.trainer().fit(table, parameters, context).describedBy(table);
  }

  Recipe recipe(Task task) {
    Recipe recipe = recipes.get(task);
    if (recipe != null) {
      return recipe;
    }
    if (recipes.isEmpty()) {
      throw new MlException(
          Kind.UNKNOWN_ALGORITHM, "algorithm \"%s\" is not served".formatted(name), instead);
    }
    String tasks =
        String.join(
            ", ",
            Stream.of(Task.values()).filter(recipes::containsKey).map(Task::sqlName).toList());
    throw new MlException(
        Kind.UNSUPPORTED_TASK,
        "algorithm \"%s\" does not support %s".formatted(name, task.sqlName()),
        "It supports " + tasks + ".");
  }
}
