package org.pglynx.proxy.ml;

import java.util.List;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What can be wrong with a prediction, in PostgresML's words where it has any. */
final class PredictionErrors {
  private static final int NAMES_SHOWN = 12;

  private PredictionErrors() {}

  static PgError noDeployedModel(String project) {
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE,
            "No deployed model exists for the project named: `%s`".formatted(project))
        .withHint(
            "Train one with pgml.train, or deploy a trained one with pgml.deploy; SELECT * FROM"
                + " pgml.deployed_models lists what is there.");
  }

  static PgError noSuchModel(long id) {
    return PgError.error(
            SqlState.UNDEFINED_OBJECT,
            "pgml.models WHERE id = %d could not be loaded. Does it exist?".formatted(id))
        .withHint(
            "Only models whose status is successful can be used; SELECT id, status FROM pgml.models"
                + " lists what is there.");
  }

  static PgError noStoredModel(long id) {
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE, "model %d has no file in pgml.files".formatted(id))
        .withHint("Train it again, or deploy another model with pgml.deploy.");
  }

  static PgError wrongFeatureCount(LoadedModel model, int given) {
    Model algorithm = model.model();
    return PgError.error(
            SqlState.INVALID_PARAMETER,
            "model %d of project \"%s\" expects %d features (%s), got %d"
                .formatted(
                    model.key().id(),
                    model.project(),
                    algorithm.featureCount(),
                    names(algorithm.featureNames()),
                    given))
        .withHint("Pass the features in the order of the columns that the model has learned.");
  }

  private static String names(List<String> names) {
    return names.size() <= NAMES_SHOWN
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMES_SHOWN)) + ", …";
  }

  static PgError nullFeature(LoadedModel model, int index) {
    return PgError.error(
            SqlState.NULL_NOT_ALLOWED,
            "feature \"%s\" is NULL, which algorithm %s of model %d does not take"
                .formatted(
                    model.model().featureNames().get(index),
                    model.model().algorithm(),
                    model.key().id()))
        .withHint("Use coalesce(), or train with algorithm => 'xgboost', which takes NULL.");
  }

  static PgError rowsTooLarge(int rows, long maxBytes) {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "the first %d rows in the order of the prediction are larger than %d MB"
                .formatted(rows, maxBytes >> 20))
        .withHint("Use a smaller LIMIT, or select fewer columns and join the rest to the result.");
  }

  static PgError tooManyRows(int most) {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "more than %d rows are wanted in the order of the prediction".formatted(most))
        .withHint(
            "Use a smaller LIMIT, or write its number into the statement: then the database sorts.");
  }
}
