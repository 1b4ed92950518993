package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Spread;

/**
 * What a session does with its servers while they are those of several shards: which of them the
 * next statement, or the rest of a batch, is for. A transaction of one shard only has the same
 * answers as one server. Confined to the session's event loop.
 */
final class SeveralServers {
  private final Session session;
  private final ServerLease lease;
  private final Joining joining;

  /** Whether the batch has gone to others of the shards than it began on. */
  private boolean turned;

  SeveralServers(Session session, ServerLease lease, Joining joining) {
    this.session = session;
    this.lease = lease;
    this.joining = joining;
  }

  /** What has shaped the open transaction. */
  TransactionHistory history() {
    return joining.history();
  }

  private @Nullable Spread spread() {
    return lease.upstream() instanceof Spread spread ? spread : null;
  }

  /** Whether the transaction is on several shards. */
  boolean inUse() {
    Spread spread = spread();
    return spread != null && spread.members() > 1;
  }

  /** Whether what comes next goes to some only of the shards that the transaction is on. */
  boolean partly() {
    Spread spread = spread();
    return spread != null && spread.aimedAt() < spread.members();
  }

  /** How many shards what comes next goes to. */
  int width() {
    Spread spread = spread();
    return spread == null ? 1 : spread.aimedAt();
  }

  /** Whether the batch has been on several shards, one after the other. */
  boolean turned() {
    return turned && spread() != null;
  }

  /**
   * A Sync is for all shards that the batch has been on.
   *
   * @return false if it must wait
   */
  boolean syncs() {
    Spread spread = turned ? spread() : null;
    if (spread != null) {
      if (!lease.quiet()) {
        return false;
      }
      spread.aimAtAll();
      lease.destination().isEverywhere();
    }
    turned = false;
    return true;
  }

  /**
   * Amid a batch, what comes next is for all shards that it has been on, or for one of them.
   *
   * @return false if that must wait
   */
  boolean turns(boolean toAll) {
    Spread spread = spread();
    if (spread == null) {
      return true;
    }
    if (!joining.turns(spread, toAll ? spread::aimAtAll : spread::aimAtOne)) {
      return false;
    }
    turned = true;
    lease.destination().isEverywhere();
    session.unnamedElsewhere();
    lease.staysWhereItIs();
    return true;
  }

  /** The client's BEGIN is about to be sent. */
  void begin() {
    Spread spread = spread();
    if (spread != null) {
      spread.begins();
    }
  }

  /** What sends each shard a part of the statement in hand; null if all get the same. */
  @Nullable Spread splitting() {
    Spread spread = spread();
    return spread != null && spread.splits() ? spread : null;
  }

  /** The next statement is for all shards that the transaction is on. */
  void aimAtAll() {
    Spread spread = spread();
    if (spread != null) {
      spread.aimAtAll();
      lease.destination().isEverywhere();
    }
    lease.staysWhereItIs();
  }

  /** The next statement is for one of the shards that the transaction is on. */
  void aimAtAnyOne() {
    Spread spread = spread();
    if (spread != null && spread.aimedAt() > 1) {
      spread.aimAtOne();
      lease.destination().isEverywhere();
      session.unnamedElsewhere();
    }
    lease.staysWhereItIs();
  }

  /** The session has been given a server, where it had none. */
  void adopted() {
    turned = false;
  }

  /** More shards are in the transaction. */
  void joined() {
    turned |= session.unsynced();
  }
}
