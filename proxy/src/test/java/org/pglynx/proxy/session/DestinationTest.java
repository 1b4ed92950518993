package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/** Whose servers the statements of a session need. */
class DestinationTest {
  private final UpstreamProvider own = new Servers();
  private final UpstreamProvider first = new Servers();
  private final UpstreamProvider second = new Servers();
  private final Destination destination = new Destination(own, shards(first));

  /** Whose servers are those of the session's place or of a shard. */
  private static final class Servers implements UpstreamProvider {
    @Override
    public @Nullable Upstream open(Waiter waiter) {
      return null;
    }

    @Override
    public void withdraw(Waiter waiter) {}
  }

  private static Shards shards(UpstreamProvider unchosen) {
    return (Shards)
        Proxy.newProxyInstance(
            DestinationTest.class.getClassLoader(),
            new Class<?>[] {Shards.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "unchosen" -> 0;
                  case "shard" -> unchosen;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private void goesTo(UpstreamProvider servers) {
    destination.is(servers, null);
    destination.leave();
    destination.reach();
  }

  @Test
  void who_says_nothing_is_served_by_the_place() {
    assertThat(destination.reached()).isTrue();
    assertThat(destination.leave()).isSameAs(own);
  }

  @Test
  void a_statement_for_another_shard_is_not_served_where_the_session_is() {
    goesTo(first);

    destination.is(second, null);

    assertThat(destination.reached()).isFalse();
    assertThat(destination.leave()).isSameAs(second);
  }

  @Test
  void a_statement_that_stays_is_served_where_the_session_is() {
    goesTo(first);
    destination.is(second, null);

    destination.stays();

    assertThat(destination.reached()).isTrue();
    assertThat(destination.present()).isSameAs(first);
  }

  @Test
  void what_was_for_all_shards_of_a_transaction_is_for_any_when_that_has_ended() {
    goesTo(second);
    destination.isEverywhere();
    destination.stays();

    UpstreamProvider asked = destination.leave();

    assertThat(asked).isSameAs(first);
  }
}
