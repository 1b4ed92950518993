package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UniqueIdsTest {
  private long now = 1_800_000_000_000L;
  private final UniqueIds ids = new UniqueIds(5, () -> now);

  @Test
  void an_id_holds_its_time_and_its_node() {
    long id = ids.next();

    assertThat(id >>> 22).isEqualTo(1_800_000_000_000L - 1_704_067_200_000L);
    assertThat(id >>> 12 & 1023).isEqualTo(5);
    assertThat(id & 4095).isZero();
    assertThat(id).isPositive();
  }

  @Test
  void ids_grow_when_a_millisecond_has_no_more_and_when_the_clock_goes_back() {
    long before = ids.next();
    for (int i = 0; i < 20_000; i++) {
      now -= i % 1000 == 0 ? 50 : 0;
      long id = ids.next();
      assertThat(id).isGreaterThan(before);
      assertThat(id >>> 12 & 1023).isEqualTo(5);
      before = id;
    }
    now += 60_000;
    assertThat(ids.next() >>> 22).isEqualTo(now - 1_704_067_200_000L);
  }

  @Test
  void threads_and_nodes_never_get_the_same() {
    UniqueIds other = new UniqueIds(6, () -> now);
    Set<Long> all =
        IntStream.range(0, 40_000)
            .parallel()
            .mapToObj(i -> i % 2 == 0 ? ids.next() : other.next())
            .collect(
                Collectors.toCollection(
                    () -> java.util.Collections.synchronizedSet(new HashSet<>())));

    assertThat(all).hasSize(40_000);
  }
}
