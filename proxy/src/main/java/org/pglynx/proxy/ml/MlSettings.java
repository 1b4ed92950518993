package org.pglynx.proxy.ml;

import org.pglynx.ml.data.Budget;

/**
 * Limits of the machine-learning side.
 *
 * @param threads trainings at a time, at least 1
 * @param queue trainings that may wait, at least 1; one more is refused with SQLSTATE 53300
 * @param memoryBudgetBytes memory that the data of all running trainings may take together
 * @param heapBudgetBytes what of it may be on the heap
 * @param cacheBytes memory that models kept for predictions may take
 */
public record MlSettings(
    int threads, int queue, long memoryBudgetBytes, long heapBudgetBytes, long cacheBytes) {
  /** Checks the limits. */
  public MlSettings {
    if (threads < 1
        || queue < 1
        || memoryBudgetBytes < 1
        || heapBudgetBytes < 1
        || cacheBytes < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /**
   * The same limits, within a heap of so many bytes and a machine with so many: at most half of
   * either for the data of trainings, and an eighth of the heap for models. Who fills one of them
   * ends the process, and with it the sessions of all clients.
   */
  public MlSettings within(long heapBytes, long machineBytes) {
    return new MlSettings(
        threads,
        queue,
        atMost(memoryBudgetBytes, machineBytes / 2),
        atMost(heapBudgetBytes, heapBytes / 2),
        atMost(cacheBytes, heapBytes / 8));
  }

  private static long atMost(long wanted, long limit) {
    return Math.min(wanted, Math.max(1, limit));
  }

  /** The share of one training. */
  Budget each() {
    return new Budget(
        Math.max(1, memoryBudgetBytes / threads), Math.max(1, heapBudgetBytes / threads));
  }
}
