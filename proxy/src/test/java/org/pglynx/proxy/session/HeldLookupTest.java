package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Lookup;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

class HeldLookupTest {
  private static final PgError FAILURE = PgError.error(SqlState.CANNOT_CONNECT, "down");

  private final List<Consumer<@Nullable PgError>> ends = new ArrayList<>();
  private int resumed;
  private int cancelled;
  private final HeldLookup held =
      new HeldLookup(
          (what, end) -> {
            ends.add(end);
            return () -> cancelled++;
          },
          () -> resumed++);

  private void start() {
    held.start(new Lookup() {});
  }

  @Test
  void a_frame_goes_on_when_it_is_known_and_has_the_same_start_when_it_asks_again() {
    start();
    long since = held.since();
    ends.getFirst().accept(null);

    assertThat(resumed).isOne();
    assertThat(held.underWay()).isFalse();
    start();
    assertThat(held.since()).isEqualTo(since).isNotZero();
  }

  @Test
  void nothing_of_a_forgotten_look_up_is_left_for_the_next_frame() {
    start();
    held.forget();

    // when it fails later
    ends.getFirst().accept(FAILURE);

    assertThat(held.failure()).isNull();
    assertThat(held.since()).isZero();
    assertThat(resumed).isZero();
    assertThat(cancelled).isOne();
  }

  @Test
  void the_end_of_a_forgotten_look_up_is_not_taken_for_that_of_the_next_one() {
    start();
    held.forget();
    start();

    ends.getFirst().accept(FAILURE);

    assertThat(held.underWay()).isTrue();
    assertThat(held.failure()).isNull();
  }

  @Test
  void a_failure_that_was_not_taken_is_forgotten_with_its_frame() {
    start();
    ends.getFirst().accept(FAILURE);
    held.forget();

    assertThat(held.failure()).isNull();
  }

  @Test
  void a_cancel_request_ends_a_look_up_and_hits_nothing_else() {
    held.cancel();
    assertThat(held.failure()).isNull();
    start();

    held.cancel();

    assertThat(Objects.requireNonNull(held.failure()).code()).isEqualTo("57014");
    assertThat(held.underWay()).isFalse();
    assertThat(resumed).isOne();
    assertThat(cancelled).isOne();
  }
}
