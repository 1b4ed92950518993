package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * COMMIT, where a transaction may be on several shards. Once begun it goes on to its end, whether
 * the client waits for it or not.
 */
final class ShardCommit implements LocalStatement {
  private static final PgError NONE =
      new PgError(
          PgError.Severity.WARNING,
          SqlState.NO_TRANSACTION.code(),
          "there is no transaction in progress",
          null,
          null);

  private static final String COMMITTED = "The transaction has been committed.";

  private final Session session;
  private final Shards shards;

  ShardCommit(Session session, Shards shards) {
    this.session = session;
    this.shards = shards;
  }

  /** Whether the open transaction is on several shards, and has not failed. */
  boolean concerned() {
    return session.status() == 'T'
        && session.upstream() instanceof Spread spread
        && spread.members() > 1;
  }

  /** Whether the text is COMMIT, alone. */
  boolean is(String sql) {
    return shards.statement(sql).effect() == org.pglynx.proxy.relay.TransactionEffect.COMMITS;
  }

  @Override
  public boolean runsInFailed() {
    return true;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    Upstream server = session.upstream();
    boolean failed = session.status() == 'E';
    if (server == null || session.status() == 'I' && !session.unsynced()) {
      context.notice(NONE);
      context.complete("COMMIT");
      return Cancellable.DONE;
    }
    session.scanner().cut();
    session.lending().lend(server, new Asides());
    shards.commit(
        server,
        new Asides(),
        (committed, notice, whole) -> {
          over(server, whole, committed && !failed);
          if (committed) {
            if (notice != null) {
              context.notice(notice);
            }
            context.complete(failed ? "ROLLBACK" : "COMMIT");
          } else {
            context.fail(
                notice == null
                    ? PgError.error(SqlState.INTERNAL_ERROR, "the transaction has failed")
                    : notice);
          }
        });
    return Cancellable.DONE;
  }

  /** No server is in the transaction any more. */
  private void over(Upstream server, boolean whole, boolean kept) {
    if (whole) {
      session.lending().takeBack(server, 'I');
    } else {
      session.lending().ended(server, kept ? COMMITTED : "");
    }
    if (!session.closed()) {
      session.fromServer().onReady((byte) 'I');
    }
  }

  /** What the servers say besides. */
  private final class Asides implements Downstream {
    @Override
    public void onReplies(ByteBuf run) {
      if (session.closed()) {
        run.release();
      } else {
        session.fromServer().onReplies(run);
      }
    }

    @Override
    public void onParameter(String name, String value) {
      session.fromServer().onParameter(name, value);
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      // Heard of by who commits.
    }
  }

  /** The statement for the text, or null if it is another one. */
  @Nullable LocalStatement of(String sql, boolean simple) {
    return (!simple || concerned()) && is(sql) ? this : null;
  }
}
