package org.pglynx.proxy.ml;

import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.wire.PgErrorException;

/** Checks a row against a model and asks the model. */
final class Scoring {
  private Scoring() {}

  /** Refuses rows that the model cannot answer. */
  static void check(LoadedModel model, FeatureRow row) throws PgErrorException {
    Model asked = model.model();
    int width = asked.featureCount();
    if (row.count() != width) {
      throw PredictionErrors.wrongFeatureCount(model, row.count()).toException();
    }
    int missing = row.firstNull();
    if (missing >= 0 && !asked.acceptsMissing(missing) && asked.categories(missing) == null) {
      throw PredictionErrors.nullFeature(model, missing).toException();
    }
    try {
      MlEngine.checkRow(asked, row.values(), 0, width, missing >= 0);
    } catch (MlException e) {
      throw MlErrors.of(e).toException();
    }
  }

  /** predict. */
  static float predict(LoadedModel model, FeatureRow row) throws PgErrorException {
    check(model, row);
    return model.shown(model.model().predict(row.values(), 0));
  }

  /** predict_label. */
  static String label(LoadedModel model, FeatureRow row) throws PgErrorException {
    check(model, row);
    checkFunction(PgmlFunction.PREDICT_LABEL, model);
    return model.model().classes().name((int) model.model().predict(row.values(), 0));
  }

  /** A function that gives an array. */
  static float[] array(PgmlFunction function, LoadedModel model, FeatureRow row)
      throws PgErrorException {
    check(model, row);
    checkFunction(function, model);
    float[] out = new float[outputs(function, model)];
    array(function, model, row.values(), 0, out, 0);
    return out;
  }

  /** The same for a row that was checked. */
  static void array(
      PgmlFunction function,
      LoadedModel model,
      float[] row,
      int offset,
      float[] out,
      int outOffset) {
    if (function == PgmlFunction.PREDICT_PROBA) {
      model.model().predictProba(row, offset, out, outOffset);
    } else {
      model.model().outputs(row, offset, out, outOffset);
    }
  }

  /** The numbers of an answer. */
  static int outputs(PgmlFunction function, LoadedModel model) {
    return switch (function) {
      case PREDICT_PROBA -> model.model().classes().count();
      case PREDICT_JOINT, DECOMPOSE -> model.model().outputCount();
      case PREDICT, PREDICT_LABEL -> 1;
      case TRAIN, TRAIN_JOINT, SNAPSHOT, DEPLOY, LOAD_DATASET, CANCEL_TRAINING ->
          throw new IllegalArgumentException(function.sqlName());
      case PREDICT_BATCH, EXPLAIN, FEATURE_IMPORTANCE, XGBOOST_VERSION, VERSION ->
          throw new IllegalArgumentException(function.sqlName());
      case EXPORT_MODEL, IMPORT_MODEL -> throw new IllegalArgumentException(function.sqlName());
    };
  }

  /** Refuses models that the function does not fit. */
  static void checkFunction(PgmlFunction function, LoadedModel model) throws PgErrorException {
    Task task = model.model().task();
    if (function == PgmlFunction.PREDICT_PROBA && !model.model().providesProbabilities()) {
      throw MlErrors.notServed(
              task == Task.CLASSIFICATION
                  ? "algorithm %s predicts no probabilities".formatted(model.model().algorithm())
                  : "You can't predict probabilities for a %s model".formatted(task.sqlName()))
          .withHint("Use pgml.predict.")
          .toException();
    }
    if (function == PgmlFunction.PREDICT_LABEL && task != Task.CLASSIFICATION) {
      throw MlErrors.notServed("You can't predict labels with a %s model".formatted(task.sqlName()))
          .withHint("Only models of task 'classification' have labels; use pgml.predict.")
          .toException();
    }
    if (function == PgmlFunction.PREDICT_JOINT && task != Task.REGRESSION) {
      throw MlErrors.notServed(
              "You can't predict joint probabilities for a %s model".formatted(task.sqlName()))
          .withHint("pgml.predict_joint is for models of pgml.train_joint; use pgml.predict.")
          .toException();
    }
    if (function == PgmlFunction.DECOMPOSE && task != Task.DECOMPOSITION) {
      throw MlErrors.notServed("You can't decompose with a %s model".formatted(task.sqlName()))
          .withHint("pgml.decompose is for models of task 'decomposition'; use pgml.predict.")
          .toException();
    }
  }
}
