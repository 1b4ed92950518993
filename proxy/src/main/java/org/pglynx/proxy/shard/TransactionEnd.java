package org.pglynx.proxy.shard;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.commit.Outcome;
import org.pglynx.proxy.commit.TwoPhaseCommit;
import org.pglynx.proxy.relay.CommitEnd;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream.Release;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Ends a transaction on all of its shards, or on none. Whoever leaves meanwhile, what has begun
 * goes on to its end; the servers are given back then.
 */
final class TransactionEnd {
  private final Membership who;
  private final CommitPolicy commits;
  private final Readiness readiness;
  private boolean underWay;
  private @Nullable Release releasing;

  TransactionEnd(Membership who, CommitPolicy commits, Readiness readiness) {
    this.who = who;
    this.commits = commits;
    this.readiness = readiness;
  }

  /** Whether the servers are in the hands of it. */
  boolean underWay() {
    return underWay;
  }

  /** The servers are to be given back so. */
  void release(Release how) {
    releasing = how;
  }

  /** Commits what is open, on all or on none. */
  void commit(@Nullable Downstream asides, CommitEnd end) {
    if (who.in().stream().anyMatch(part -> part.status() == 'E')) {
      PgError failed = PgError.error(SqlState.FAILED_TRANSACTION, "the transaction has failed");
      rollBack(failed, (committed, notice, whole) -> end.ended(true, null, whole));
      return;
    }
    underWay = true;
    TwoPhaseCommit.run(who.participants(), commits, asides, then(end));
  }

  /** Rolls it back everywhere. */
  void rollBack(PgError why, CommitEnd end) {
    underWay = true;
    TwoPhaseCommit.undo(who.participants(), commits, why, then(end));
  }

  private Consumer<Outcome> then(CommitEnd end) {
    return outcome -> ended(outcome, end);
  }

  private void ended(Outcome outcome, CommitEnd end) {
    underWay = false;
    readiness.blockEnds();
    outcome.lost().forEach(shard -> who.parts().get(shard).gone());
    for (ShardPart part : who.in()) {
      part.status((byte) 'I');
      part.server().lend(part);
    }
    Release how = releasing;
    if (how == null) {
      end.ended(outcome.committed(), outcome.notice(), outcome.lost().isEmpty());
    } else {
      who.all(server -> server.release(how));
    }
  }
}
