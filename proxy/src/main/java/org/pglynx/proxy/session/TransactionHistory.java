package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.History;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What has shaped the open transaction of a session of several shards, so that a server that joins
 * it later can be brought to the same point: its BEGIN, savepoints and what was undone to them,
 * settings.
 *
 * <pre>
 *            BEGIN                        something that no other server could be given
 *   UNKNOWN ───────► KNOWN, and grows ────────────────────────────────────────────────► UNKNOWN
 * </pre>
 */
final class TransactionHistory {
  private static final PgError UNREPEATABLE =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the statement needs another shard than the transaction is on, and the transaction has"
                  + " done what cannot be done again there")
          .withHint(
              "Begin it with a BEGIN of its own, and leave out set_config, temporary tables and"
                  + " cursors; or use the statement first.");

  /** As the body of Parse behind the name. */
  private static final byte[] BEGIN = "BEGIN\0\0\0".getBytes(StandardCharsets.US_ASCII);

  private final Session session;
  private final List<byte[]> texts = new ArrayList<>();
  private final List<String> unsent = new ArrayList<>(2);
  private ParameterSet before = ParameterSet.DEFAULTS;
  private int confirmed;
  private boolean known;
  private boolean held;

  /** Whether a transaction has begun amid the batch. */
  private boolean begun;

  /** Whether the batch, in no transaction, has done what another server could not be given. */
  private boolean shaped;

  /** Whether a transaction has ended amid the batch. */
  private boolean ended;

  TransactionHistory(Session session) {
    this.session = session;
  }

  /** All earlier statements are answered: what the failed ones said was not done. */
  void settled(boolean failed) {
    begun = false;
    shaped = false;
    ended = false;
    if (failed) {
      texts.subList(Math.min(confirmed, texts.size()), texts.size()).clear();
    } else {
      confirmed = texts.size();
    }
  }

  /**
   * A statement is about to run.
   *
   * @param alone whether nothing else has been executed since the last answer
   */
  void runs(TransactionEffect effect, String sql, boolean alone) {
    shaped |= effect != TransactionEffect.NONE && effect != TransactionEffect.BEGINS && !inBlock();
    switch (effect) {
      case BEGINS -> {
        if (session.status() == 'I') {
          begins(alone);
        }
        begun = true;
        waits(sql);
      }
      case SHAPES -> waits(sql);
      case MARKS, SEVERAL -> known = false;
      case COMMITS, ENDS -> ended = true;
      case NONE -> {
        // Of no concern to others.
      }
    }
  }

  /** Its frame may be held, and looked at again. */
  private void waits(String sql) {
    if (unsent.isEmpty() || !unsent.getLast().equals(sql)) {
      unsent.add(sql);
    }
  }

  /** What was about to run is sent. */
  void sent() {
    if (!unsent.isEmpty()) {
      unsent.forEach(this::add);
      unsent.clear();
    }
  }

  private void begins(boolean alone) {
    texts.clear();
    unsent.clear();
    confirmed = 0;
    before = session.parameters();
    known = alone;
    held = session.upstream() != null && session.state().pins();
  }

  private void add(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    // The body of Parse behind the name: the text with its zero, and no types.
    texts.add(Arrays.copyOf(text, text.length + 3));
  }

  /** Whether the batch has ended a transaction, so that what follows is another one. */
  boolean ended() {
    return ended;
  }

  /** Whether the client is in a transaction block, as far as it has sent one. */
  boolean inBlock() {
    return session.status() == 'T' || begun;
  }

  /**
   * Whether the client is in a transaction block, as far as it has sent one, or in a failed one.
   */
  boolean inAnyBlock() {
    return session.status() != 'I' || begun;
  }

  /** Why no other server can join the transaction, or the batch; null if one can. */
  @Nullable PgError obstacle() {
    if (ended) {
      return UNREPEATABLE;
    }
    if (!inBlock()) {
      return shaped ? UNREPEATABLE : session.state().pins() ? ServerLease.STATE_ELSEWHERE : null;
    }
    if (!known) {
      return UNREPEATABLE;
    }
    return held ? ServerLease.STATE_ELSEWHERE : null;
  }

  /** What one that joins is given. */
  History given() {
    ParameterSet now = session.parameters();
    return inBlock()
        ? new History(before, texts, now, false)
        : new History(now, List.of(BEGIN), now, true);
  }
}
