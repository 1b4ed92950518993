package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Layer 1: what machine learning may take of the heap. */
class MlSettingsTest {
  private static final long MEGABYTE = 1 << 20;

  private final MlSettings configured = new MlSettings(2, 64, 1024 * MEGABYTE, 256 * MEGABYTE);

  @Test
  void a_large_heap_holds_what_is_configured() {
    assertThat(configured.within(8192 * MEGABYTE)).isEqualTo(configured);
  }

  @Test
  void trainings_and_models_never_fill_a_small_heap() {
    assertThat(configured.within(256 * MEGABYTE))
        .isEqualTo(new MlSettings(2, 64, 128 * MEGABYTE, 32 * MEGABYTE));
  }
}
