package org.pglynx.ml.model;

/** Told how far a training run is; called from training threads, so it must be quick. */
@FunctionalInterface
public interface ProgressListener {
  /** A listener that does nothing. */
  ProgressListener NONE = (phase, done, total) -> {};

  /**
   * Some units of a phase are done.
   *
   * @param phase what is counted, such as "boosting rounds" or "trees"
   * @param done units done so far
   * @param total units in the phase
   */
  void progress(String phase, int done, int total);
}
