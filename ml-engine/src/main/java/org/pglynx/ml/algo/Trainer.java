package org.pglynx.ml.algo;

/** Fits a model. Stateless: the same table, parameters and seed give the same model. */
@FunctionalInterface
public interface Trainer {
  /**
   * Fits.
   *
   * @throws org.pglynx.ml.model.MlException of kind CANCELLED, BAD_DATA or INTERNAL
   */
  StoredModel fit(TrainingTable table, Parameters parameters, FitContext context);
}
