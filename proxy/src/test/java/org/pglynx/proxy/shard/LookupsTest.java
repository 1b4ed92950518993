package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What is asked of a directory, and what is kept of its answers. */
class LookupsTest {
  /** Has no connection to give yet. */
  private static final class Pool implements UpstreamProvider {
    private final List<Waiter> waiting = new ArrayList<>();

    @Override
    public @Nullable Upstream open(Waiter waiter) {
      waiting.add(waiter);
      return null;
    }

    @Override
    public void withdraw(Waiter waiter) {
      waiting.remove(waiter);
    }
  }

  private final Directory directory =
      new Directory(new ShardingConfig.Directory("d", "k", "shard", 0, 60_000), KeyType.TEXT, 3);

  private final Pool pool = new Pool();
  private final List<Runnable> loop = new ArrayList<>();
  private final Lookups lookups = new Lookups(List.of(pool), loop::add);

  private static KeyValue key(String text) {
    return KeyValue.Text.of(text);
  }

  private static String row(String shard, String key) {
    return shard + " " + HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
  }

  private Cancellable ask(Consumer<@Nullable PgError> end, String... keys) {
    Set<KeyValue> asked = new java.util.LinkedHashSet<>();
    for (String each : keys) {
      asked.add(key(each));
    }
    return lookups.start(new UnplacedKeys(Map.of(directory, asked)), end);
  }

  private void runLoop() {
    while (!loop.isEmpty()) {
      loop.removeFirst().run();
    }
  }

  @Test
  void a_statement_that_is_given_up_does_not_wait_for_a_connection_any_longer() {
    Cancellable first = ask(error -> {}, "a");
    Cancellable second = ask(error -> {}, "a");
    assertThat(pool.waiting).hasSize(1);

    // when only one does not want to know it
    first.cancel();
    assertThat(pool.waiting).hasSize(1);

    // when nobody does
    second.cancel();
    assertThat(pool.waiting).isEmpty();

    // then it is asked anew
    ask(error -> {}, "a");
    assertThat(pool.waiting).hasSize(1);
  }

  @Test
  void who_throws_does_not_leave_the_others_waiting() {
    List<String> heard = new ArrayList<>();
    ask(
        error -> {
          throw new IllegalStateException("broken");
        },
        "a");
    ask(error -> heard.add(String.valueOf(error == null ? null : error.code())), "a");

    pool.waiting.getFirst().onRefused(PgError.error(SqlState.CANNOT_CONNECT, "down"));
    runLoop();

    assertThat(heard).containsExactly("08001");
  }

  @Test
  void what_is_wrong_with_one_key_says_nothing_of_the_others() throws UnplacedException {
    long readAt = System.nanoTime();
    Map<KeyValue, PgError> errors =
        directory.learn(
            List.of(key("good"), key("far"), key("twice"), key("none")),
            List.of(row("7", "far"), row("0", "twice"), row("1", "twice"), row("2", "good")),
            readAt);

    assertThat(errors).containsOnlyKeys(key("far"), key("twice"));
    assertThat(directory.shard(key("good"), Directory.NOT_ASKED)).isEqualTo(2);
    assertThat(directory.shard(key("none"), readAt)).isEqualTo(ShardFunction.NOWHERE);
    assertThatThrownBy(() -> directory.shard(key("twice"), readAt))
        .isInstanceOf(UnplacedException.class);
  }

  @Test
  void what_is_kept_is_bounded_by_its_bytes() {
    String long_ = "k".repeat(100_000);
    long most = 0;
    for (int i = 0; i < 2_000; i++) {
      directory.learn(List.of(key(long_ + i)), List.of(), i);
      most = Math.max(most, directory.bytes());
    }

    assertThat(most).isBetween(Directory.MAX_BYTES, Directory.MAX_BYTES + 200_000);
  }

  @Test
  void more_keys_than_can_be_kept_are_refused_and_repeated_ones_are_one() {
    UnplacedException few = new UnplacedException();
    UnplacedException many = new UnplacedException();
    for (int i = 0; i <= UnplacedException.MOST; i++) {
      few.add(new UnplacedException(directory, key("same")));
      many.add(new UnplacedException(directory, key("k" + i)));
    }

    assertThat(few.route()).isInstanceOf(ShardRoute.Unknown.class);
    assertThat(many.route())
        .isInstanceOfSatisfying(
            ShardRoute.Refused.class,
            refused -> {
              assertThat(refused.error().code()).isEqualTo("54000");
              assertThat(refused.error().hint()).contains("smaller lists");
            });
  }

  @Test
  void a_row_without_a_key_is_not_asked_for() {
    assertThat(directory.all()).endsWith("WHERE \"k\" IS NOT NULL");
  }
}
