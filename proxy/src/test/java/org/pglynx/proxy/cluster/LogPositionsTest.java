package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogPositionsTest {
  private static final long NEVER = -7;

  private final LogPositions log = new LogPositions();

  @Test
  void a_standby_has_all_that_was_committed_when_the_primary_was_last_asked_and_not_ahead_of_it() {
    log.sample(1_000, 50_000);
    log.sample(2_000, 60_000);
    log.sample(3_000, 70_000);

    assertThat(log.replayedAt(60_000, NEVER)).isEqualTo(2_000);
    assertThat(log.replayedAt(69_999, NEVER)).isEqualTo(2_000);
    assertThat(log.replayedAt(70_000, NEVER)).isEqualTo(3_000);
    assertThat(log.replayedAt(49_999, NEVER)).isEqualTo(NEVER);
  }

  @Test
  void the_header_of_a_page_in_which_nothing_stands_yet_need_not_be_replayed() {
    log.sample(1_000, 8192 * 5 + 24);

    assertThat(log.replayedAt(8192 * 5, NEVER)).isEqualTo(1_000);
    assertThat(log.lagNanos(8192 * 5, 9_000)).isZero();
  }

  @Test
  void nor_the_longer_header_of_a_segment_that_a_switch_has_begun() {
    log.sample(1_000, 0x3000028);

    assertThat(log.replayedAt(0x3000000, NEVER)).isEqualTo(1_000);
    assertThat(log.lagNanos(0x3000000, 9_000)).isZero();
  }

  @Test
  void what_stands_behind_the_header_of_a_page_has_to_be_replayed() {
    log.sample(1_000, 8192 * 5 + 40);

    assertThat(log.replayedAt(8192 * 5, NEVER)).isEqualTo(NEVER);
  }

  @Test
  void a_lag_is_measured_between_two_answers_too() {
    log.sample(1_000, 50_000);
    log.sample(2_000, 60_000);

    assertThat(log.lagNanos(60_000, 2_100)).isZero();
    assertThat(log.lagNanos(55_000, 2_100)).isEqualTo(600);
    assertThat(log.lagNanos(10, 2_100)).isEqualTo(1_100);
  }

  @Test
  void an_idle_primary_makes_nobody_lag() {
    log.sample(1_000, 50_000);
    log.sample(1_000_000, 50_000);

    assertThat(log.lagNanos(50_000, 1_000_001)).isZero();
    assertThat(log.replayedAt(50_000, NEVER)).isEqualTo(1_000_000);
  }

  @Test
  void old_answers_are_forgotten_and_new_ones_kept() {
    for (int i = 0; i < 5_000; i++) {
      log.sample(i, i * 10L);
    }

    assertThat(log.replayedAt(49_995, NEVER)).isEqualTo(4_999);
    assertThat(log.replayedAt(46_004, NEVER)).isEqualTo(4_600);
    assertThat(log.replayedAt(100, NEVER)).isEqualTo(NEVER);
  }

  @Test
  void a_log_that_goes_back_is_another_one() {
    log.sample(1_000, 50_000);
    log.sample(2_000, 40_000);

    assertThat(log.replayedAt(45_000, NEVER)).isEqualTo(2_000);
  }
}
