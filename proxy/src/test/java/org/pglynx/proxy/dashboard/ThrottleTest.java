package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final AtomicLong clock = new AtomicLong(TimeUnit.DAYS.toNanos(3));
  private final Throttle throttle = new Throttle(3, 60, clock::get);

  private void pass(long seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(throttle.begin("anna")).isZero();
    }
  }

  @Test
  void some_failures_are_free_and_the_next_waits() {
    fail(3);

    assertThat(throttle.begin("anna")).isBetween(1L, 2L);
    assertThat(throttle.begin("bert")).as("another key").isZero();
  }

  @Test
  void each_further_failure_waits_for_twice_as_long_up_to_the_most() {
    fail(3);
    pass(1);
    fail(1);
    assertThat(throttle.begin("anna")).isBetween(2L, 3L);
    pass(2);
    fail(1);
    assertThat(throttle.begin("anna")).isBetween(4L, 5L);
    for (long wait = 4; wait <= 64; wait *= 2) {
      pass(Math.min(wait, 60));
      fail(1);
    }

    assertThat(throttle.begin("anna")).isBetween(60L, 61L);
  }

  @Test
  void a_success_forgives() {
    fail(3);
    pass(1);
    fail(1);

    throttle.succeeded("anna");

    fail(3);
  }

  @Test
  void time_forgives() {
    fail(3);

    pass(62);

    fail(3);
  }
}
