package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Features;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.JointModel;
import org.pglynx.ml.pipeline.Pipeline;
import org.pglynx.ml.pipeline.Preparation;
import org.pglynx.ml.pipeline.Preprocess;

/** A data set made ready for one task and algorithm: checked, and cut into tables to fit on. */
final class TrainingData {
  private final DataSet data;
  private final Task task;
  private final Algorithm algorithm;
  private final Split split;
  private final Preparation preparation;

  /**
   * Checks that the algorithm can take the data.
   *
   * @param split whose training part numbers the categories
   * @throws MlException of kind NULL_FEATURE, NON_FINITE, BAD_DATA or BAD_ARGUMENT
   */
  TrainingData(DataSet data, Task task, Algorithm algorithm, Preprocess preprocess, Split split) {
    this.data = data.coded(split.train(), Preparation.orders(preprocess));
    this.task = task;
    this.algorithm = algorithm;
    this.split = split;
    this.preparation = new Preparation(this.data, preprocess, task);
    for (int feature = 0; feature < data.featureCount(); feature++) {
      checkFeature(feature);
    }
    checkLabels();
    checkRoles();
  }

  /** The rows, with categories numbered as the models know them. */
  DataSet data() {
    return data;
  }

  Task task() {
    return task;
  }

  /** How many tables of so many rows fit into the memory of one training, at least one. */
  int tablesThatFit(int[] rows) {
    return data.tablesThatFit(rows.length, preparation.fit(rows).featureNames().size());
  }

  /** Fits on some of the rows; the model takes rows of {@link #data}. */
  Model fit(int[] rows, Map<String, @Nullable Object> hyperparams, FitContext context) {
    int[] ordered = task == Task.RANK ? data.sideBySide(rows) : rows;
    Pipeline pipeline = preparation.fit(ordered);
    List<String> names = pipeline.featureNames();
    Features features = pipeline.features(data, ordered);
    List<String> targets = new ArrayList<>();
    List<StoredModel> models = new ArrayList<>();
    for (int label = 0; label < Math.max(1, data.labelCount()); label++) {
      DataSet one = data.labelCount() == 0 ? data : data.withLabel(label);
      targets.add(data.labelCount() == 0 ? "" : one.labelColumn().name());
      models.add(algorithm.fit(table(one, names, features, ordered), hyperparams, context));
    }
    return pipeline.wrap(models.size() == 1 ? models.getFirst() : JointModel.of(targets, models));
  }

  private TrainingTable table(DataSet one, List<String> names, Features features, int[] rows) {
    ClassLabels classes = ClassLabels.NONE;
    double[] labels = {};
    if (task == Task.CLASSIFICATION) {
      Classes known = one.classes(rows);
      classes = known.labels();
      requireTwo(classes);
      labels = Arrays.stream(known.indexes(one, rows)).asDoubleStream().toArray();
    } else if (task.supervised()) {
      labels = one.labels(rows);
    }
    return new TrainingTable(
        new ModelInfo(task, algorithm.name(), names, classes),
        features,
        labels,
        weights(one, rows),
        task == Task.RANK ? one.groups(rows) : null);
  }

  private static double @Nullable [] weights(DataSet one, int[] rows) {
    double[] weights = one.weights(rows);
    if (weights != null && Arrays.stream(weights).sum() == 0) {
      throw new MlException(Kind.BAD_DATA, "the weights of the training rows are all 0");
    }
    return weights;
  }

  private void checkFeature(int feature) {
    String name = data.featureNames().get(feature);
    boolean refused = preparation.refusesMissing(feature, algorithm.nativeMissing());
    if (data.categories(feature) != null) {
      checkCategory(feature, name, refused);
      return;
    }
    if (data.nullCount(feature) > 0 && refused) {
      throw missing(data.nullCount(feature), feature, null);
    }
    if (data.nanCount(feature) > 0 && refused) {
      throw nonFinite(data.nanCount(feature), "NaN", name);
    }
    if (data.infinityCount(feature) > 0) {
      throw nonFinite(data.infinityCount(feature), "infinite (or beyond the range of real)", name);
    }
  }

  private void checkCategory(int feature, String name, boolean refused) {
    int unlisted = unseen(feature, split.train());
    if (unlisted > 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "value is not present in ordinal: %d values of %s".formatted(unlisted, name),
          "Add them to the list, or filter them in a view.");
    }
    int held = unseen(feature, split.test());
    if (held > 0 && refused) {
      throw missing(
          held, feature, "These are held-out rows with categories that no row to learn from has.");
    }
  }

  private int unseen(int feature, int[] rows) {
    int count = 0;
    for (int row : rows) {
      count += data.feature(row, feature) == Categories.UNSEEN ? 1 : 0;
    }
    return count;
  }

  private MlException missing(int count, int feature, @Nullable String detail) {
    return new MlException(
        Kind.NULL_FEATURE,
        "%d missing values for %s.".formatted(count, data.featureNames().get(feature)),
        detail,
        ("You may provide a preprocessor to impute a value, e.g. pgml.train(preprocess => '{\"%s\":"
                + " {\"impute\": \"mode\"}}'), filter or coalesce() them in a view, or use algorithm"
                + " => 'xgboost', which takes NULL.")
            .formatted(column(feature)));
  }

  /** The name that preprocess takes: elements of an array are features of one column. */
  private String column(int feature) {
    return data.featureColumns().stream()
        .filter(column -> feature < column.first() + column.width())
        .map(column -> column.spec().name())
        .findFirst()
        .orElseThrow();
  }

  private static MlException nonFinite(int count, String what, String name) {
    return new MlException(
        Kind.NON_FINITE,
        "%d values of %s are %s".formatted(count, name, what),
        "Filter or replace them in a view.");
  }

  private void checkRoles() {
    if (data.weighted()) {
      algorithm.requireWeighted(task);
    }
    if (task == Task.RANK && !data.grouped()) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "task rank needs the column that says which rows are ranked together",
          "Name it like hyperparams => '{\"group_column\": \"query_id\"}'.");
    }
  }

  private void checkLabels() {
    if (data.labelCount() > 1 && task != Task.REGRESSION) {
      throw new MlException(
          Kind.UNSUPPORTED_TASK,
          "several labels are learnt by regression only, not by " + task.sqlName(),
          "Train a project for each label.");
    }
    if (data.labelCount() == 0 && task.supervised()) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "You must pass a `y_column_name` when you pass a `relation_name` for a supervised task.",
          "Name the column to be predicted: y_column_name => 'column'.");
    }
    for (int label = 0; task.supervised() && label < data.labelCount(); label++) {
      checkLabel(data.withLabel(label));
    }
  }

  private void checkLabel(DataSet one) {
    switch (one.labelColumn().type()) {
      case NUMBER -> requireUsable(one);
      case BOOLEAN, TEXT, ARRAY -> requireClassification(one);
    }
    if (task == Task.RANK) {
      requireRelevances(one);
    }
  }

  private void requireRelevances(DataSet one) {
    int negative = 0;
    for (int row = 0; row < one.rowCount(); row++) {
      negative += one.label(row) < 0 ? 1 : 0;
    }
    if (negative > 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d values of %s are negative".formatted(negative, one.labelColumn().name()),
          "A relevance is 0 for rows that do not matter, and more for those that do.");
    }
  }

  private void requireClassification(DataSet one) {
    boolean numbers = one.labelColumn().type() == ColumnSpec.Type.BOOLEAN;
    if (task == Task.REGRESSION || task == Task.RANK && !numbers) {
      throw new MlException(
          Kind.BAD_DATA,
          "label column \"%s\" is not a number".formatted(one.labelColumn().name()),
          "Use task 'classification' for boolean and text labels.");
    }
  }

  /** A class may be any number; what is predicted is a real, as which trees learn it, too. */
  private void requireUsable(DataSet one) {
    int bad = 0;
    int large = 0;
    for (int row = 0; row < one.rowCount(); row++) {
      double label = one.label(row);
      bad += Double.isFinite(label) ? 0 : 1;
      large += Float.isInfinite((float) label) ? 1 : 0;
    }
    if (bad > 0) {
      throw nonFinite(bad, "NaN or infinite", one.labelColumn().name());
    }
    if (large > 0 && task != Task.CLASSIFICATION) {
      throw nonFinite(large, "beyond the range of real", one.labelColumn().name());
    }
  }

  private void requireTwo(ClassLabels classes) {
    if (classes.count() < 2) {
      throw new MlException(
          Kind.BAD_DATA,
          "the training rows have only one class in \"%s\": %s"
              .formatted(data.labelColumn().name(), classes.name(0)),
          "Classification needs two; look at test_sampling and at the order of the rows.");
    }
  }
}
