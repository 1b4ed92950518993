package org.pglynx.proxy.config;

/**
 * The machine-learning side: table {@code [ml]}.
 *
 * @param enabled whether {@code pgml.*} calls are answered; when false they pass to the server
 * @param threads threads that train and predict; 0 means one per core
 * @param queue jobs that may wait for a thread; one more is refused with SQLSTATE class 53
 * @param memoryBudgetMb megabytes that the data of running trainings may take together
 */
public record MlConfig(boolean enabled, int threads, int queue, int memoryBudgetMb) {
  /** What memoryBudgetMb is where nobody has said it. */
  public static final int DEFAULT_MEMORY_BUDGET_MB = 1_024;
}
