package org.pglynx.proxy.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Server connections with the rights of a session's user, for the proxy's own threads. Work that a
 * client left behind may still open one, to store how it ended.
 */
final class CallersSessions implements ServerSessions {
  private static final PgError INSIDE =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "on a database of several shards models are trained, deployed and deleted outside of"
                  + " transactions only, and this session is in one")
          .withHint(
              "COMMIT or ROLLBACK it, and call the function in autocommit mode: what it writes is"
                  + " there on all shards afterwards, or on none.");

  private final Session session;

  CallersSessions(Session session) {
    this.session = session;
  }

  @Override
  public SqlSession open() throws PgErrorException, InterruptedException {
    return open(ServerRole.PRIMARY);
  }

  @Override
  public SqlSession openToRead() throws PgErrorException, InterruptedException {
    return open(ServerRole.PREFER_PRIMARY);
  }

  private SqlSession open(ServerRole role) throws PgErrorException, InterruptedException {
    Shards shards = session.shards();
    return shards == null ? member(null, role).conversation() : ofAll(shards, role);
  }

  /** A transaction of the client's is on some shards, and would not have what is written on all. */
  private SqlSession ofAll(Shards shards, ServerRole role) throws InterruptedException {
    CompletableFuture<Boolean> inside = new CompletableFuture<>();
    // A transaction that has been begun is on no shard before its first statement.
    session
        .loop()
        .execute(() -> inside.complete(session.inTransaction() || session.status() != 'I'));
    try {
      return new ShardedConversation(
          shards,
          session.loop(),
          shard -> member(shards.shard(shard), role),
          inside.get() ? INSIDE : null);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Opens one.
   *
   * @param servers where; null for the session's own place
   */
  private ShardedConversation.Member member(@Nullable UpstreamProvider servers, ServerRole role)
      throws PgErrorException, InterruptedException {
    CompletableFuture<ShardedConversation.Member> opened = new CompletableFuture<>();
    Opener opener = new Opener(opened, servers, role);
    session.loop().execute(opener::open);
    try {
      return opened.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PgErrorException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      session.loop().execute(opener::abandon);
      throw e;
    }
  }

  private final class Opener implements UpstreamProvider.Waiter, Downstream {
    private final CompletableFuture<ShardedConversation.Member> opened;
    private final @Nullable UpstreamProvider servers;
    private final ServerRole role;
    private @Nullable UpstreamProvider asked;
    private long waitingSinceNanos;
    private @Nullable Conversation conversation;

    Opener(
        CompletableFuture<ShardedConversation.Member> opened,
        @Nullable UpstreamProvider servers,
        ServerRole role) {
      this.opened = opened;
      this.servers = servers;
      this.role = role;
    }

    void open() {
      Upstream own = session.upstream();
      UpstreamProvider provider = servers == null ? session.provider() : servers;
      PgError gone = session.closed() ? null : session.transaction().lost();
      if (provider == null) {
        refuse(PgError.error(SqlState.CONNECTION_FAILURE, "the session has ended"));
      } else if (gone != null) {
        // On another connection it would be done outside of the transaction, and stay.
        refuse(gone);
      } else if (servers == null
          && own != null
          && !session.closed()
          && (session.inTransaction()
              || session.profile().sessionPooling()
              || session.state().seesAndMayOtherThings())) {
        borrow(own);
      } else {
        Upstream aside =
            servers != null || session.closed() ? null : session.lease().takeAside(this);
        if (aside != null) {
          converse(aside, () -> session.lease().setAside(aside));
          return;
        }
        asked = provider;
        Upstream given = provider.open(this);
        if (given != null) {
          onUpstream(given);
        }
      }
    }

    private void borrow(Upstream own) {
      Conversation borrowing =
          session
              .profile()
              .conversations()
              .begin(
                  own,
                  session.loop(),
                  session.inTransaction(),
                  session.unsynced(),
                  session.status(),
                  status -> session.lending().takeBack(own, status));
      conversation = borrowing;
      session.lending().lend(own, borrowing.downstream());
      if (!opened.complete(new ShardedConversation.Member(borrowing, own))) {
        borrowing.abandon();
      }
    }

    @Override
    public void onUpstream(Upstream given) {
      converse(given, () -> given.release(Upstream.Release.IDLE));
    }

    /**
     * Begins.
     *
     * @param back gives the connection back, if nothing is left on it
     */
    private void converse(Upstream given, Runnable back) {
      // Text results are read as UTF-8 and ISO dates, whatever the client has set for itself.
      ParameterSet readable =
          session.parameters().with("client_encoding", "UTF8").with("DateStyle", "ISO, MDY");
      given.apply(readable);
      Conversation started =
          session
              .profile()
              .conversations()
              .begin(
                  given,
                  session.loop(),
                  false,
                  false,
                  'I',
                  status -> {
                    if (role == ServerRole.PRIMARY) {
                      session.lease().mayHaveWritten();
                    }
                    if (status == 'I') {
                      back.run();
                    } else if (status != 0) {
                      given.release(Upstream.Release.ABANDONED);
                    }
                  });
      conversation = started;
      given.lend(started.downstream());
      if (!opened.complete(new ShardedConversation.Member(started, given))) {
        started.abandon();
      }
    }

    /** The thread that asked has been interrupted. */
    void abandon() {
      UpstreamProvider provider = asked;
      opened.cancel(false);
      if (provider != null && conversation == null) {
        provider.withdraw(this);
      } else if (conversation != null) {
        conversation.abandon();
      }
    }

    private void refuse(PgError error) {
      opened.completeExceptionally(error.toException());
    }

    @Override
    public void onRefused(PgError error) {
      refuse(error);
    }

    @Override
    public Downstream downstream() {
      return this;
    }

    @Override
    public ServerRole role() {
      return role;
    }

    @Override
    public boolean servedBy(long replayedNanos) {
      return session.lease().checkout().servedBy(replayedNanos);
    }

    @Override
    public long waitingSinceNanos() {
      return waitingSinceNanos;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      waitingSinceNanos = nanos;
    }

    @Override
    public void onReplies(io.netty.buffer.ByteBuf run) {
      run.release();
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      refuse(error);
    }
  }
}
