package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Unit: names and their addresses, with a name service that says what the test wants. */
class HostAddressesTest {
  private final Map<String, List<InetAddress>> service = new ConcurrentHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel thread = EmbeddedChannel.builder().ticker(ticker).build();
  private final HostAddresses hosts = new HostAddresses(this::lookUp, thread.eventLoop(), 30);

  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    asked.add(host);
    List<InetAddress> found = service.get(host);
    if (found == null) {
      throw new UnknownHostException("no such host " + host);
    }
    return found;
  }

  @AfterEach
  void finish() {
    thread.finishAndReleaseAll();
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private void serves(String host, String... addresses) {
    service.put(host, List.of(addresses).stream().map(HostAddressesTest::address).toList());
  }

  private void passes(long seconds) {
    ticker.advance(seconds, TimeUnit.SECONDS);
    thread.runScheduledPendingTasks();
    thread.runPendingTasks();
  }

  private List<String> toTry(String host) {
    CompletableFuture<List<InetAddress>> answer = hosts.toTry(host);
    thread.runPendingTasks();
    return answer.join().stream().map(InetAddress::getHostAddress).toList();
  }

  @Test
  void a_name_is_looked_up_off_the_thread_that_asks_and_once_for_all_who_wait() {
    serves("db", "10.0.0.1");
    CompletableFuture<List<InetAddress>> one = hosts.toTry("db");
    CompletableFuture<List<InetAddress>> two = hosts.toTry("db");
    assertThat(one).isNotDone();
    assertThat(asked).isEmpty();

    thread.runPendingTasks();

    assertThat(one).isCompletedWithValue(List.of(address("10.0.0.1")));
    assertThat(two).isCompletedWithValue(List.of(address("10.0.0.1")));
    assertThat(asked).containsExactly("db");
  }

  @Test
  void a_known_name_costs_no_look_up_until_its_time_is_over() {
    serves("db", "10.0.0.1");
    toTry("db");

    passes(29);
    assertThat(hosts.toTry("db")).isDone();
    assertThat(asked).hasSize(1);

    passes(2);
    assertThat(asked).hasSize(2);
  }

  @Test
  void a_name_that_is_moved_is_followed() {
    serves("db", "10.0.0.1");
    toTry("db");
    assertThat(hosts.lists("db", address("10.0.0.1"))).isTrue();

    serves("db", "10.0.0.2");
    assertThat(toTry("db")).as("not looked up yet").containsExactly("10.0.0.1");
    passes(31);

    assertThat(toTry("db")).containsExactly("10.0.0.2");
    assertThat(hosts.lists("db", address("10.0.0.1"))).isFalse();
    assertThat(hosts.lists("db", address("10.0.0.2"))).isTrue();
  }

  @Test
  void an_address_that_cannot_be_reached_is_doubted_at_once() {
    serves("db", "10.0.0.1");
    toTry("db");
    serves("db", "10.0.0.2");

    hosts.doubt("db");
    hosts.doubt("db");
    thread.runPendingTasks();

    assertThat(toTry("db")).containsExactly("10.0.0.2");
    assertThat(asked).hasSize(2);
  }

  @Test
  void while_the_name_service_fails_the_known_addresses_stay() {
    serves("db", "10.0.0.1");
    toTry("db");
    service.clear();

    passes(31);

    assertThat(asked).hasSize(2);
    assertThat(toTry("db")).containsExactly("10.0.0.1");
    assertThat(hosts.lists("db", address("10.0.0.1"))).isTrue();

    serves("db", "10.0.0.3");
    passes(31);
    assertThat(toTry("db")).containsExactly("10.0.0.3");
  }

  @Test
  void an_unknown_name_is_told_and_asked_for_anew_by_the_next_one() {
    CompletableFuture<List<InetAddress>> answer = hosts.toTry("nowhere");
    thread.runPendingTasks();
    assertThatThrownBy(answer::join).hasCauseInstanceOf(UnknownHostException.class);

    serves("nowhere", "10.0.0.9");
    assertThat(toTry("nowhere")).containsExactly("10.0.0.9");
  }

  @Test
  void a_resolver_that_breaks_leaves_nobody_waiting() {
    HostAddresses broken =
        new HostAddresses(
            host -> {
              throw new IllegalStateException("broken");
            },
            thread.eventLoop(),
            30);
    CompletableFuture<List<InetAddress>> first = broken.toTry("db");
    thread.runPendingTasks();
    CompletableFuture<List<InetAddress>> second = broken.toTry("db");
    thread.runPendingTasks();

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
  }

  @Test
  void addresses_of_the_preferred_family_take_turns_and_the_others_come_last() {
    serves("db", "10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8:0:0:0:0:0:1");

    assertThat(toTry("db"))
        .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8:0:0:0:0:0:1");
    assertThat(toTry("db"))
        .containsExactly("10.0.0.2", "10.0.0.3", "10.0.0.1", "2001:db8:0:0:0:0:0:1");
    assertThat(toTry("db")).startsWith("10.0.0.3");
    assertThat(toTry("db")).startsWith("10.0.0.1");
  }

  @Test
  void a_name_that_nobody_has_asked_for_is_not_held_against_any_address() {
    assertThat(hosts.lists("other", address("10.0.0.1"))).isTrue();
    assertThat(asked).isEmpty();
  }
}
