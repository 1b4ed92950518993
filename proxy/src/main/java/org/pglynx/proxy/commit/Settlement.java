package org.pglynx.proxy.commit;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what crashes and lost connections have left prepared on a pool's shards: commits what has
 * been decided, rolls back what has not. Confined to one event loop.
 *
 * <pre>
 *            a second (something is open), or a minute
 *   RESTING ─────────────────────────────────────────────► ASKING each shard what is prepared
 *      ▲                                                      │
 *      └── all is settled, or a shard is not to be had ◄── SETTLING each
 * </pre>
 *
 * <p>It never ends: a server may have been at PREPARE TRANSACTION when its proxy was killed, and
 * then the part comes up after the first look.
 */
public final class Settlement implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
  private static final long TURN_MILLIS = 1_000;

  /** Turns between two looks if nothing is known to be open. */
  private static final int LATER = 60;

  /** Looks that follow a start closely. */
  private static final int FIRST_LOOKS = 10;

  private final DecisionLog log;
  private final String pool;
  private final List<? extends UpstreamProvider> shards;
  private final ScheduledExecutorService loop;
  private final ArrayDeque<String> names = new ArrayDeque<>();
  private @Nullable ScheduledFuture<?> next;
  private Set<String> leftBefore = Set.of();
  private boolean complete;
  private int looks;
  private int turns;
  private boolean closed;

  private Settlement(
      DecisionLog log,
      String pool,
      List<? extends UpstreamProvider> shards,
      ScheduledExecutorService loop) {
    this.log = log;
    this.pool = pool;
    this.shards = List.copyOf(shards);
    this.loop = loop;
  }

  /**
   * Begins.
   *
   * @param pool of which database and user
   * @param shards their servers as the loop sees them
   */
  public static Settlement start(
      DecisionLog log,
      String pool,
      List<? extends UpstreamProvider> shards,
      ScheduledExecutorService loop) {
    Settlement made = new Settlement(log, pool, shards, loop);
    loop.execute(made::look);
    return made;
  }

  /** What a commit leaves while nothing was open is settled soon, too: its rows are locked. */
  private void turn() {
    turns++;
    if (!complete || looks < FIRST_LOOKS || turns >= LATER || log.anyLeft(pool)) {
      look();
    } else {
      rest();
    }
  }

  private void rest() {
    next = loop.schedule(this::turn, TURN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (closed) {
      return;
    }
    turns = 0;
    complete = true;
    looks++;
    ask(0);
  }

  private void ask(int shard) {
    if (closed) {
      return;
    }
    if (shard == shards.size()) {
      rest();
      return;
    }
    leftBefore = new HashSet<>(log.left(pool, shard));
    String question =
        "SELECT CASE WHEN owner = current_user OR current_setting('is_superuser') = 'on'"
            + " THEN 'own ' ELSE 'other ' END || gid FROM pg_prepared_xacts"
            + " WHERE database = current_database() AND gid LIKE '"
            + TransactionId.pattern(log.instance())
            + "'";
    PooledQuery.runUrgently(shards.get(shard), question)
        .thenAccept(answer -> {
          if (answer.good()) {
            names.clear();
            names.addAll(answer.values());
            settle(shard);
          } else {
            complete = false;
            ask(shard + 1);
          }
        });
  }

  private void settle(int shard) {
    String found = names.poll();
    if (closed) {
      return;
    }
    if (found == null) {
      // What was left before the shard was asked, and that it does not have, it has committed.
      leftBefore.forEach(number -> log.settled(number, shard));
      ask(shard + 1);
      return;
    }
    String name = found.substring(found.indexOf(' ') + 1);
    TransactionId id = TransactionId.of(name);
    boolean others = id == null || found.startsWith("other ");
    // Those of other users may be settled by nobody else.
    switch (id == null || others ? DecisionLog.Verdict.WAIT : log.verdict(id)) {
      case WAIT -> {
        complete &= others;
        keep(id);
        settle(shard);
      }
      case COMMIT -> run(shard, "COMMIT PREPARED", name, id);
      case ROLL_BACK -> run(shard, "ROLLBACK PREPARED", name, id);
    }
  }

  private void keep(@Nullable TransactionId id) {
    if (id != null) {
      leftBefore.remove(id.number());
    }
  }

  private void run(int shard, String what, String name, @Nullable TransactionId id) {
    PooledQuery.runUrgently(shards.get(shard), what + " '" + name + "'")
        .thenAccept(answer -> {
          if (answer.good()) {
            LOG.info("settled what was left of a transaction: {} {} pool={}", what, name, pool);
          } else {
            LOG.warn("{} {} has failed: pool={} {}", what, name, pool, answer.error());
            complete = false;
            keep(id);
          }
          settle(shard);
        });
  }

  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      ScheduledFuture<?> waiting = next;
      if (waiting != null) {
        waiting.cancel(false);
      }
    });
  }
}
