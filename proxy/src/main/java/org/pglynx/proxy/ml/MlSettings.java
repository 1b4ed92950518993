package org.pglynx.proxy.ml;

/**
 * Limits of the machine-learning side.
 *
 * @param threads trainings at a time, at least 1
 * @param queue trainings that may wait, at least 1; one more is refused with SQLSTATE 53300
 * @param memoryBudgetBytes memory that the data of all running trainings may take together
 * @param cacheBytes memory that models kept for predictions may take
 */
public record MlSettings(int threads, int queue, long memoryBudgetBytes, long cacheBytes) {
  /** Checks the limits. */
  public MlSettings {
    if (threads < 1 || queue < 1 || memoryBudgetBytes < 1 || cacheBytes < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /**
   * The same limits, within a heap of so many bytes: at most half of it for the data of trainings,
   * two thirds of which are on the heap, and an eighth for models. Who fills the heap ends the
   * process, and with it the sessions of all clients.
   */
  public MlSettings within(long heapBytes) {
    return new MlSettings(
        threads,
        queue,
        Math.min(memoryBudgetBytes, Math.max(1, heapBytes / 2)),
        Math.min(cacheBytes, Math.max(1, heapBytes / 8)));
  }
}
