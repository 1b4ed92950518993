package org.pglynx.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.session.ClientQuota;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgErrorException;

/** Unit: pools that are made when they are needed. */
class AutoPoolsTest {
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);
  private final AtomicInteger made = new AtomicInteger();
  private final List<String> closed = new ArrayList<>();
  private long laterNanos;
  private final AutoPools<Made> pools =
      new AutoPools<>(2, HOUR, () -> System.nanoTime() + laterNanos);

  private record Made(String name, SessionProfile profile, List<String> closed)
      implements AutoPools.Pool {
    @Override
    public void close() {
      closed.add(name);
    }
  }

  private Made make(String name) {
    made.incrementAndGet();
    Conversation.Factory none =
        (upstream, loop, callers, flushOnly, status, closer) -> {
          throw new UnsupportedOperationException();
        };
    SessionProfile profile =
        new SessionProfile(
            name,
            "app",
            SessionPolicy.TRANSACTIONS,
            new SessionProfile.Statements(null, new StatementRegistry(1), none),
            loop -> new SessionProfile.Place(null, new PoolCounters()),
            Map.of(),
            ClientQuota.NONE);
    return new Made(name, profile, closed);
  }

  private Made enter(String name) throws PgErrorException {
    return pools.enter(new AutoPools.Key(name, "app"), () -> make(name));
  }

  private static void leave(Made pool) {
    pool.profile().occupancy().leave();
  }

  @Test
  void a_pool_is_made_once_and_found_again() throws Exception {
    Made first = enter("a");
    assertThat(enter("a")).isSameAs(first);
    assertThat(first.profile().occupancy().count()).isEqualTo(2);
    assertThat(made).hasValue(1);
  }

  @Test
  void first_logins_at_once_make_one_pool() throws Exception {
    List<Callable<Made>> logins = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      logins.add(() -> enter("a"));
    }
    List<Made> entered = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Made> each : threads.invokeAll(logins)) {
        entered.add(each.get());
      }
    }
    assertThat(Set.copyOf(entered)).hasSize(1);
    assertThat(made).hasValue(1);
    assertThat(entered.getFirst().profile().occupancy().count()).isEqualTo(200);
  }

  @Test
  void a_pool_is_dropped_an_hour_after_its_last_session() throws Exception {
    Made pool = enter("a");
    laterNanos = TimeUnit.HOURS.toNanos(2);
    pools.sweep();
    assertThat(closed).as("somebody is inside").isEmpty();
    leave(pool);
    laterNanos = 0;
    pools.sweep();
    assertThat(closed).isEmpty();
    laterNanos = TimeUnit.HOURS.toNanos(1);
    pools.sweep();
    assertThat(closed).containsExactly("a");
    assertThat(pools.all()).isEmpty();
    assertThat(enter("a")).isNotSameAs(pool);
  }

  @Test
  void nobody_comes_in_to_a_pool_that_is_being_closed() throws Exception {
    Made pool = enter("a");
    leave(pool);
    assertThat(pool.profile().occupancy().retire()).isTrue();
    assertThat(pool.profile().occupancy().enter()).isFalse();
    assertThat(enter("a")).isNotSameAs(pool);
  }

  @Test
  void the_pool_unused_longest_makes_room() throws Exception {
    leave(enter("a"));
    leave(enter("b"));
    enter("c");
    assertThat(closed).containsExactly("a");
    assertThat(pools.all()).extracting(Made::name).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void where_all_pools_are_in_use_one_more_is_refused() throws Exception {
    enter("a");
    enter("b");
    PgErrorException refused = catchThrowableOfType(PgErrorException.class, () -> enter("c"));
    assertThat(refused.error().code()).isEqualTo("53000");
    assertThat(refused.error().detail()).contains("max_auto_pools is 2");
    assertThat(made).hasValue(2);
  }
}
