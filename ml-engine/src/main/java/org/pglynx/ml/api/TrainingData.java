package org.pglynx.ml.api;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** A data set made ready for one task and algorithm: checked, and cut into tables to fit on. */
final class TrainingData {
  private final DataSet data;
  private final Task task;
  private final Algorithm algorithm;

  /**
   * Checks that the algorithm can take the data.
   *
   * @throws MlException of kind NULL_FEATURE, NON_FINITE or BAD_DATA
   */
  TrainingData(DataSet data, Task task, Algorithm algorithm) {
    this.data = data;
    this.task = task;
    this.algorithm = algorithm;
    for (int feature = 0; feature < data.featureCount(); feature++) {
      checkFeature(feature);
    }
    checkLabel();
  }

  DataSet data() {
    return data;
  }

  Task task() {
    return task;
  }

  /** Fits on some of the rows. */
  Model fit(int[] rows, Map<String, @Nullable Object> hyperparams, FitContext context) {
    return algorithm.fit(table(rows), hyperparams, context);
  }

  private TrainingTable table(int[] rows) {
    ClassLabels classes = ClassLabels.NONE;
    double[] labels;
    if (task == Task.CLASSIFICATION) {
      Classes known = data.classes(rows);
      classes = known.labels();
      requireTwo(classes);
      int[] indexes = known.indexes(data, rows);
      labels = new double[indexes.length];
      Arrays.setAll(labels, i -> indexes[i]);
    } else {
      labels = data.labels(rows);
    }
    return TrainingTable.of(
        task, algorithm.name(), data.featureNames(), classes, data.rowMajor(rows), labels);
  }

  private void checkFeature(int feature) {
    String name = data.featureNames().get(feature);
    if (data.nullCount(feature) > 0 && !algorithm.nativeMissing()) {
      throw new MlException(
          Kind.NULL_FEATURE,
          "%d missing values for %s.".formatted(data.nullCount(feature), name),
          "Filter or coalesce() them in a view, or use algorithm => 'xgboost', which takes NULL.");
    }
    if (data.nanCount(feature) > 0 && !algorithm.nativeMissing()) {
      throw nonFinite(data.nanCount(feature), "NaN", name);
    }
    if (data.infinityCount(feature) > 0) {
      throw nonFinite(data.infinityCount(feature), "infinite (or beyond the range of real)", name);
    }
  }

  private static MlException nonFinite(int count, String what, String name) {
    return new MlException(
        Kind.NON_FINITE,
        "%d values of %s are %s".formatted(count, name, what),
        "Filter or replace them in a view.");
  }

  private void checkLabel() {
    switch (data.labelColumn().type()) {
      case NUMBER -> requireFiniteLabels();
      case BOOLEAN, TEXT, ARRAY -> requireClassification();
    }
  }

  private void requireClassification() {
    if (task == Task.REGRESSION) {
      throw new MlException(
          Kind.BAD_DATA,
          "label column \"%s\" is not a number".formatted(data.labelColumn().name()),
          "Use task 'classification' for boolean and text labels.");
    }
  }

  private void requireFiniteLabels() {
    int bad = 0;
    for (int row = 0; row < data.rowCount(); row++) {
      bad += Double.isFinite(data.label(row)) ? 0 : 1;
    }
    if (bad > 0) {
      throw nonFinite(bad, "NaN or infinite", data.labelColumn().name());
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
