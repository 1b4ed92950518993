package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitGraphTest {
  private final WaitGraph graph = new WaitGraph();

  @Test
  void a_circle_over_two_shards_is_found_from_each_of_its_nodes() {
    graph.waits("a", "b", 0);
    graph.waits("b", "c", 0);
    graph.waits("c", "a", 1);
    graph.waits("d", "a", 1);

    assertThat(graph.circle("a")).containsExactly("a", "b", "c");
    assertThat(graph.circle("c")).containsExactly("c", "a", "b");
    assertThat(graph.circle("d")).isNull();
  }

  @Test
  void a_circle_on_one_shard_is_left_to_its_server() {
    graph.waits("a", "b", 1);
    graph.waits("b", "a", 1);

    assertThat(graph.circle("a")).isNull();
  }

  @Test
  void of_two_ways_between_nodes_the_one_on_another_shard_counts() {
    graph.waits("a", "b", 1);
    graph.waits("b", "a", 1);
    graph.waits("b", "a", 2);

    assertThat(graph.circle("a")).containsExactly("a", "b");
  }

  @Test
  void who_waits_for_a_circle_is_in_none() {
    graph.waits("x", "a", 0);
    graph.waits("a", "b", 0);
    graph.waits("b", "a", 1);

    assertThat(graph.circle("x")).isNull();
    assertThat(graph.circle("b")).containsExactly("b", "a");
  }
}
