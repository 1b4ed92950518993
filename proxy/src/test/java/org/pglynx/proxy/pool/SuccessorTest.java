package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.ScriptedServer;

/** Unit: a pool takes the place of another. */
class SuccessorTest extends PoolRig {
  private final Map<EventLoop, Doorway> doors = new HashMap<>();

  private void doorsTo(ConnectionPool pool) {
    for (EventLoop loop : List.of(one.eventLoop(), two.eventLoop(), three.eventLoop())) {
      doors.put(loop, new Doorway(pool.on(loop)));
    }
  }

  private Doorway door(EventLoop loop) {
    return Objects.requireNonNull(doors.get(loop));
  }

  private Client atDoor() {
    return new Client(door(one.eventLoop()), order);
  }

  private ConnectionPool replace(ConnectionPool pool, int size) {
    ConnectionPool next =
        pool.successor(
            settings(size, 0, 0, 0, 0), List.of(), ScriptedServer.TARGET, PoolContext.ALONE);
    for (EventLoop loop : doors.keySet()) {
      loop.execute(() -> {
        door(loop).leadTo(next.on(loop));
        pool.retireOn(loop, door(loop));
      });
    }
    pool.retired(false);
    run();
    return next;
  }

  @Test
  void idle_connections_end_and_used_ones_when_they_come_back() {
    ConnectionPool pool = pool(2);
    doorsTo(pool);
    Client idle = atDoor().asks();
    ScriptedServer first = connector.accepts();
    run();
    Client busy = atDoor().asks();
    ScriptedServer second = connector.accepts();
    run();
    comesBack(idle, first);

    ConnectionPool next = replace(pool, 2);

    assertThat(first.alive()).isFalse();
    assertThat(second.alive()).isTrue();
    comesBack(busy, second);
    assertThat(second.alive()).isFalse();
    assertThat(pool.connected()).isFalse();
    assertThat(next.budget().used()).isZero();
  }

  @Test
  void who_waits_goes_on_waiting_at_the_successor_and_the_size_holds_for_both() {
    ConnectionPool pool = pool(1);
    doorsTo(pool);
    Client busy = atDoor().asks();
    ScriptedServer old = connector.accepts();
    run();
    Client waiting = atDoor().asks();

    replace(pool, 1);

    assertThat(waiting.refusal).isNull();
    assertThat(connector.attempts()).isZero();
    comesBack(busy, old);
    ScriptedServer fresh = connector.accepts();
    run();
    assertThat(waiting.upstream).isNotNull();
    assertThat(fresh.alive()).isTrue();
  }

  @Test
  void a_shut_door_keeps_who_comes_and_lets_them_in_in_their_order() {
    ConnectionPool pool = pool(1);
    doorsTo(pool);
    Doorway door = door(one.eventLoop());
    door.shut();
    Client first = atDoor().asks();
    Client second = atDoor().asks();
    Client gone = atDoor().asks();
    door.withdraw(gone);
    assertThat(connector.attempts()).isZero();
    assertThat(door.waiting()).isEqualTo(2);

    door.open();
    ScriptedServer server = connector.accepts();
    run();
    comesBack(first, server);

    assertThat(order).containsExactly(first, second);
    assertThat(gone.upstream).isNull();
  }

  @Test
  void a_door_that_leads_elsewhere_while_it_is_shut_stays_shut() {
    ConnectionPool pool = pool(1);
    doorsTo(pool);
    doors.values().forEach(Doorway::shut);
    Client waiting = atDoor().asks();

    replace(pool, 1);
    assertThat(connector.attempts()).isZero();
    doors.values().forEach(Doorway::open);
    connector.accepts();
    run();

    assertThat(waiting.upstream).isNotNull();
  }

  @Test
  void reconnect_replaces_what_is_there_and_nobody_loses_a_transaction() {
    ConnectionPool pool = pool(1);
    doorsTo(pool);
    Client busy = atDoor().asks();
    ScriptedServer old = connector.accepts();
    run();

    pool.reconnect();
    run();
    assertThat(old.alive()).isTrue();
    Client next = atDoor().asks();
    comesBack(busy, old);

    assertThat(old.alive()).isFalse();
    connector.accepts();
    run();
    assertThat(next.upstream).isNotNull();
  }
}
