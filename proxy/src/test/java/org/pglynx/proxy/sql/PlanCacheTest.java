package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanCacheTest {
  private final PlanCache<String, Integer> cache = new PlanCache<>(3);

  @Test
  void finds_out_once_and_counts() {
    assertThat(cache.value("abc", String::length)).isEqualTo(3);
    assertThat(cache.value("abc", key -> -1)).isEqualTo(3);

    assertThat(cache.hits()).isEqualTo(1);
    assertThat(cache.misses()).isEqualTo(1);
  }

  @Test
  void keeps_what_is_used_and_drops_what_is_not() {
    cache.value("hot", String::length);
    for (int i = 0; i < 100; i++) {
      cache.value("cold" + i, String::length);
      cache.value("hot", String::length);
    }

    assertThat(cache.known("hot")).isEqualTo(3);
    assertThat(cache.known("cold0")).isNull();
    assertThat(cache.size()).isEqualTo(3);
  }

  @Test
  void stays_bounded_under_many_threads() {
    IntStream.range(0, 10_000).parallel().forEach(i -> cache.value("k" + i % 50, String::length));

    assertThat(cache.size()).isLessThanOrEqualTo(3);
  }
}
