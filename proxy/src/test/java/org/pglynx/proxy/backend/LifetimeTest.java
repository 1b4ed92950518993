package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a connection to a server may be used. */
class LifetimeTest {
  private final Lifetime lifetime = new Lifetime();

  @Test
  void one_of_which_nothing_is_said_may_be_used() {
    assertThat(lifetime.limited()).isFalse();
    assertThat(lifetime.over(Long.MAX_VALUE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 0, 5, Long.MAX_VALUE})
  void one_with_an_end_may_be_used_until_then_whatever_the_clock_says(long end) {
    lifetime.endsAt(end);

    assertThat(lifetime.limited()).isTrue();
    assertThat(lifetime.over(end - 2)).isFalse();
    assertThat(lifetime.over(end)).isTrue();
  }

  @Test
  void a_clock_that_overflows_ends_it_all_the_same() {
    lifetime.endsAt(Long.MAX_VALUE - 1);

    assertThat(lifetime.over(Long.MIN_VALUE)).isTrue();
  }

  @Test
  void one_that_never_ends_needs_no_other_end() {
    lifetime.neverEnds();

    assertThat(lifetime.limited()).isTrue();
    assertThat(lifetime.over(Long.MIN_VALUE)).isFalse();
  }

  @Test
  void a_new_one_is_idle() {
    lifetime.created(7);

    assertThat(lifetime.createdNanos()).isEqualTo(7);
    assertThat(lifetime.idleSinceNanos()).isEqualTo(7);
  }
}
