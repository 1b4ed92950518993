package org.pglynx.ml.algo;

/** Fits a model. Stateless: the same table, parameters and seed give the same model. */
@FunctionalInterface
interface Trainer {
  StoredModel fit(TrainingTable table, Parameters parameters, FitContext context);
}
