package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Unit: counting clients. */
class ClientCountsTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 20_000;

  private final ClientCounts counts = new ClientCounts();

  /** Comes and goes on many threads; gives the most that were ever inside. */
  private static int most(BooleanSupplier enter, Runnable leave) throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable come =
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            if (enter.getAsBoolean()) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              leave.run();
            }
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(come));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    return most.get();
  }

  @Test
  void never_more_are_inside_than_the_limit_and_nobody_stays_counted() throws Exception {
    ClientQuota quota = counts.quota("shop", 2, "anna", 0);

    assertThat(most(() -> quota.enter() == null, quota::leave)).isBetween(1, 2);
    assertThat(counts.ofDatabase("shop")).isZero();
    assertThat(counts.ofUser("anna")).isZero();
  }

  @Test
  void places_are_never_overdrawn() throws Exception {
    Slots slots = new Slots(2);

    assertThat(most(slots::take, slots::give)).isBetween(1, 2);
    assertThat(slots.taken()).isZero();
  }

  @Test
  void a_client_too_many_for_its_user_is_not_counted_in_its_database() {
    ClientQuota quota = counts.quota("shop", 5, "anna", 1);
    quota.enter();

    assertThat(Objects.requireNonNull(quota.enter()).message())
        .isEqualTo("too many connections for role \"anna\": 1 of 1");
    assertThat(counts.ofDatabase("shop")).isEqualTo(1);
  }

  @Test
  void a_user_is_counted_over_all_databases_and_a_database_over_all_users() {
    counts.quota("shop", 5, "anna", 2).enter();
    counts.quota("stock", 5, "anna", 2).enter();
    counts.quota("shop", 5, "ben", 2).enter();

    assertThat(counts.quota("books", 5, "anna", 2).enter()).isNotNull();
    assertThat(Objects.requireNonNull(counts.quota("shop", 2, "carl", 0).enter()).message())
        .isEqualTo("too many connections for database \"shop\": 2 of 2");
  }

  @Test
  void zero_is_no_limit() {
    ClientQuota quota = counts.quota("shop", 0, "anna", 0);
    for (int i = 0; i < 1000; i++) {
      assertThat(quota.enter()).isNull();
    }
    assertThat(counts.ofDatabase("shop")).isEqualTo(1000);
  }
}
