package org.pglynx.ml.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A library leaves one core to the others while they want some. */
class SpareCoresTest {
  private long now;
  private long waited;
  private final SpareCores cores = new SpareCores(4, () -> waited, () -> now);

  @Test
  void alone_it_takes_all() {
    pass(1000, 50);

    assertThat(cores.threads()).isEqualTo(4);
  }

  @Test
  void leaves_one_once_it_has_waited_for_a_core_twice_in_a_row() {
    pass(200, 40);
    assertThat(cores.threads()).isEqualTo(4);
    pass(200, 40);

    assertThat(cores.threads()).isEqualTo(3);
  }

  @Test
  void keeps_all_where_others_want_one_for_a_moment_now_and_then() {
    for (int i = 0; i < 20; i++) {
      pass(200, i % 2 == 0 ? 60 : 0);
      assertThat(cores.threads()).isEqualTo(4);
    }
  }

  @Test
  void leaves_it_for_twice_as_long_if_it_is_wanted_again_at_once() {
    want();
    pass(2500, 0);
    assertThat(cores.threads()).isEqualTo(4);
    want();
    pass(2500, 0);
    assertThat(cores.threads()).isEqualTo(3);
    pass(2500, 0);

    assertThat(cores.threads()).isEqualTo(4);
  }

  @Test
  void takes_all_again_after_a_while_in_which_nobody_wanted_one() {
    want();
    pass(1000, 0);
    assertThat(cores.threads()).isEqualTo(3);
    pass(1500, 0);

    assertThat(cores.threads()).isEqualTo(4);
  }

  @Test
  void leaves_it_for_as_long_as_it_is_wanted() {
    want();
    for (int i = 0; i < 10; i++) {
      pass(1000, 200);
      assertThat(cores.threads()).isEqualTo(3);
    }
  }

  @Test
  void does_not_look_at_moments() {
    pass(10, 10);

    assertThat(cores.threads()).isEqualTo(4);
  }

  @Test
  void a_single_thread_stays() {
    SpareCores single = new SpareCores(1, () -> waited, () -> now);
    pass(100, 100);

    assertThat(single.threads()).isEqualTo(1);
  }

  private void want() {
    pass(200, 80);
    cores.threads();
    pass(200, 80);
    assertThat(cores.threads()).isEqualTo(3);
  }

  private void pass(long millis, long waitedMillis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    waited += TimeUnit.MILLISECONDS.toNanos(waitedMillis);
  }
}
