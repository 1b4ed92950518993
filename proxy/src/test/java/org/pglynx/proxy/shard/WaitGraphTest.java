package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.commit.LockQuestion.Wait;

class WaitGraphTest {
  private final WaitGraph graph = new WaitGraph();

  @Test
  void a_circle_over_two_shards_is_told_from_its_greatest_node_on() {
    graph.waits(1, 2, 0);
    graph.waits(2, 3, 0);
    graph.waits(3, 1, 1);

    assertThat(graph.circle()).containsExactly(3L, 1L, 2L);
  }

  @Test
  void who_waits_for_a_circle_is_in_none() {
    graph.waits(9, 1, 0);
    graph.waits(1, 2, 0);
    graph.waits(2, 1, 1);

    assertThat(graph.circle()).containsExactly(2L, 1L);
  }

  @Test
  void whom_a_circle_waits_for_is_in_none() {
    graph.waits(1, 9, 0);
    graph.waits(1, 2, 0);
    graph.waits(2, 1, 1);
    graph.waits(9, 10, 1);

    assertThat(graph.circle()).containsExactly(2L, 1L);
  }

  @Test
  void a_circle_on_one_shard_is_left_to_its_server() {
    graph.waits(1, 2, 1);
    graph.waits(2, 1, 1);
    graph.waits(2, 3, 0);

    assertThat(graph.circle()).isNull();
  }

  @Test
  void of_two_ways_between_nodes_the_one_on_another_shard_counts() {
    graph.waits(1, 2, 1);
    graph.waits(2, 1, 1);
    graph.waits(2, 1, 2);

    assertThat(graph.circle()).containsExactly(2L, 1L);
  }

  @Test
  void of_two_circles_the_older_one_is_told() {
    graph.waits(5, 6, 0);
    graph.waits(6, 5, 1);
    graph.waits(3, 4, 0);
    graph.waits(4, 3, 1);

    assertThat(graph.circle()).containsExactly(4L, 3L);
  }

  @Test
  void a_chain_of_any_length_is_followed() {
    int length = 100_000;
    for (int i = 1; i < length; i++) {
      graph.waits(i, i + 1, i % 2);
    }
    assertThat(graph.circle()).isNull();

    graph.waits(length, 1, 0);

    assertThat(graph.circle()).hasSize(length);
  }

  @Test
  void those_who_queue_for_a_hot_row_are_each_looked_at_a_few_times_only() {
    int members = 300;
    List<Wait> queue = new ArrayList<>();
    Map<Long, int[]> pids = new HashMap<>();
    int edges = 0;
    for (int i = 1; i <= members; i++) {
      pids.put((long) i, new int[] {i, members + i});
      List<Integer> ahead = new ArrayList<>();
      for (int other = 1; other < i; other++) {
        ahead.add(other);
      }
      queue.add(new Wait(i, ahead));
      edges += ahead.size();
    }
    WaitGraph none = DeadlockWatch.graph(List.of(queue, List.of()), pids);
    WaitGraph one =
        DeadlockWatch.graph(
            List.of(queue, List.of(new Wait(members + 1, List.of(members + members)))), pids);

    assertThat(none.circle()).isNull();
    assertThat(none.followed()).isLessThanOrEqualTo(3L * edges);
    assertThat(one.circle()).containsExactly(300L, 1L);
    assertThat(one.followed()).isLessThanOrEqualTo(6L * edges);
  }

  /** 91 and 81 are on one shard each. */
  @Test
  void a_circle_goes_through_processes_of_one_shard_too() {
    Map<Long, int[]> pids = Map.of(1L, new int[] {11, 21}, 2L, new int[] {12, 22});
    List<Wait> first = List.of(new Wait(11, List.of(91)), new Wait(91, List.of(12)));
    List<Wait> second = List.of(new Wait(22, List.of(81)), new Wait(81, List.of(21)));

    List<Long> circle = DeadlockWatch.graph(List.of(first, second), pids).circle();

    assertThat(circle).hasSize(4).startsWith(2L).contains(1L);
  }

  @Test
  void a_prepared_transaction_that_somebody_waits_for_is_no_member() {
    Map<Long, int[]> pids = Map.of(1L, new int[] {11, 0}, 2L, new int[] {12, 22});
    List<Wait> first = List.of(new Wait(11, List.of(12)));
    List<Wait> second = List.of(new Wait(22, List.of(0)));

    assertThat(DeadlockWatch.graph(List.of(first, second), pids).circle()).isNull();
  }
}
