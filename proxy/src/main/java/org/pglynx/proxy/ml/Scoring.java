package org.pglynx.proxy.ml;

import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.wire.PgErrorException;

/** Checks a row against a model and asks the model. */
final class Scoring {
  private Scoring() {}

  /** Refuses rows that the model cannot answer. */
  static void check(LoadedModel model, FeatureRow row) throws PgErrorException {
    int width = model.model().featureCount();
    if (row.count() != width) {
      throw PredictionErrors.wrongFeatureCount(model, row.count()).toException();
    }
    if (row.firstNull() >= 0 && !model.model().acceptsMissing()) {
      throw PredictionErrors.nullFeature(model, row.firstNull()).toException();
    }
    try {
      MlEngine.checkRow(model.model(), row.values(), 0, width, row.firstNull() >= 0);
    } catch (MlException e) {
      throw MlErrors.of(e).toException();
    }
  }

  /** predict. */
  static float predict(LoadedModel model, FeatureRow row) throws PgErrorException {
    check(model, row);
    return model.shown(model.model().predict(row.values(), 0));
  }

  /** predict_proba. */
  static float[] predictProba(LoadedModel model, FeatureRow row) throws PgErrorException {
    check(model, row);
    checkProbabilities(model);
    float[] probabilities = new float[model.model().classes().count()];
    model.model().predictProba(row.values(), 0, probabilities, 0);
    return probabilities;
  }

  /** Refuses models without probabilities. */
  static void checkProbabilities(LoadedModel model) throws PgErrorException {
    if (!model.model().providesProbabilities()) {
      throw MlErrors.notServed(
              model.model().task() == Task.REGRESSION
                  ? "You can't predict probabilities for a regression model"
                  : "algorithm %s predicts no probabilities".formatted(model.model().algorithm()))
          .withHint("Use pgml.predict.")
          .toException();
    }
  }
}
