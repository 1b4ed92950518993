package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random histories of pools against their promises: no lease lost, none given twice, none given
 * dirty, no limit exceeded, first come first served on each loop, nobody starves.
 *
 * <p>{@code -Dpool.model.steps=1000000} makes it long, {@code -Dpool.model.seed=N} repeats one.
 */
class PoolModelTest {
  private static final int STEPS = Integer.getInteger("pool.model.steps", 15_000);
  private static final int HISTORY = 5_000;

  @Test
  void pools_keep_their_promises_in_any_history() {
    long first = Long.getLong("pool.model.seed", System.nanoTime());
    long served = 0;
    long refused = 0;
    long lost = 0;
    for (int done = 0; done < STEPS; done += HISTORY) {
      long seed = first + done;
      int step = 0;
      try {
        PoolModel model = new PoolModel(seed);
        for (; step < HISTORY; step++) {
          model.step();
          if (step % 1_000 == 999) {
            model.comesToRest();
          }
        }
        model.ends();
        served += model.served;
        refused += model.refused;
        lost += model.lost;
      } catch (Throwable e) {
        throw new AssertionError("-Dpool.model.seed=" + seed + ", step " + step, e);
      }
    }
    System.out.printf(
        "pool model: seed %d, %d steps, %d served, %d refused, %d lost%n",
        first, STEPS, served, refused, lost);
    assertThat(served).as("a history that serves nobody proves nothing").isGreaterThan(STEPS / 50);
    assertThat(refused).isPositive();
    assertThat(lost).isPositive();
  }
}
