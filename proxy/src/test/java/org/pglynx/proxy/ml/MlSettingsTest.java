package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.Budget;

/** Layer 1: what machine learning may take of the heap and of the machine. */
class MlSettingsTest {
  private static final long MEGABYTE = 1 << 20;

  private final MlSettings configured =
      new MlSettings(2, 64, 1024 * MEGABYTE, 1024 * MEGABYTE, 256 * MEGABYTE);

  @Test
  void a_large_heap_on_a_large_machine_holds_what_is_configured() {
    assertThat(configured.within(8192 * MEGABYTE, 16384 * MEGABYTE)).isEqualTo(configured);
  }

  @Test
  void trainings_and_models_never_fill_a_small_heap() {
    assertThat(configured.within(256 * MEGABYTE, 16384 * MEGABYTE))
        .isEqualTo(new MlSettings(2, 64, 1024 * MEGABYTE, 128 * MEGABYTE, 32 * MEGABYTE));
  }

  @Test
  void rows_beside_the_heap_never_fill_a_small_machine() {
    assertThat(configured.within(256 * MEGABYTE, 1024 * MEGABYTE).memoryBudgetBytes())
        .isEqualTo(512 * MEGABYTE);
  }

  @Test
  void trainings_side_by_side_share_the_memory() {
    assertThat(configured.within(256 * MEGABYTE, 16384 * MEGABYTE).each())
        .isEqualTo(new Budget(512 * MEGABYTE, 64 * MEGABYTE));
  }
}
