package org.pglynx.ml.api;

/**
 * Limits of an engine.
 *
 * @param threadsPerTraining threads one fit may use
 * @param maxModelBytes largest stored model that is written or read
 */
public record EngineSettings(int threadsPerTraining, long maxModelBytes) {
  private static final long DEFAULT_MAX_MODEL_BYTES = 1L << 30;

  /** Half of the cores for a fit, and models up to 1 GiB. */
  public static EngineSettings defaults() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new EngineSettings(Math.max(1, cores / 2), DEFAULT_MAX_MODEL_BYTES);
  }
}
