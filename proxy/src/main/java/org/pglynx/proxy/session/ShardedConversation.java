package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with all shards of a database, for the proxy's own threads. What is run is run on
 * each, in the order of the shards, and is there on all of them afterwards or on none; {@link #one}
 * asks the first alone. Connections are taken when they are needed.
 *
 * <pre>
 *          query("BEGIN")                 query("COMMIT"): all or nothing
 *   (idle) ───────────────► TRANSACTION ─────────────────────────────────► (idle)
 *     └── any other query: a transaction of its own
 * </pre>
 */
final class ShardedConversation implements SqlSession {
  private static final Logger LOG = LoggerFactory.getLogger(ShardedConversation.class);

  /** As {@link ShardRouting} asks about statements without parameters. */
  private static final int[] NO_TYPES = {};

  private static final SqlResult DONE = new SqlResult(List.of(), List.of(), List.of(), "COMMIT");

  /**
   * A connection to a shard.
   *
   * @param server what the conversation is over
   */
  record Member(Conversation conversation, Upstream server) {}

  /** Takes connections. */
  interface Opener {
    /** One to the shard; blocks. */
    Member open(int shard) throws PgErrorException, InterruptedException;
  }

  private final Shards shards;
  private final Executor loop;
  private final Opener opener;
  private final @Nullable PgError unwritable;
  private final List<Member> members = new ArrayList<>();
  private boolean open;

  /**
   * Nothing is taken yet.
   *
   * @param loop the session's
   * @param unwritable why nothing may be run on all shards; null if it may
   */
  ShardedConversation(Shards shards, Executor loop, Opener opener, @Nullable PgError unwritable) {
    this.shards = shards;
    this.loop = loop;
    this.opener = opener;
    this.unwritable = unwritable;
  }

  private Conversation member(int shard) throws PgErrorException, InterruptedException {
    while (members.size() <= shard) {
      members.add(opener.open(members.size()));
    }
    return members.get(shard).conversation();
  }

  @Override
  public int servers() {
    return shards.count();
  }

  @Override
  public SqlResult one(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    return member(0).query(sql, parameters);
  }

  @Override
  public SqlResult query(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    if (sql.equals("COMMIT")) {
      commit();
      return DONE;
    }
    return queryEach(sql, parameters).getFirst();
  }

  @Override
  public List<SqlResult> queryEach(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    if (unwritable != null) {
      throw unwritable.toException();
    }
    boolean begins = sql.equals("BEGIN");
    if (open || begins) {
      List<SqlResult> results = each(sql, parameters);
      open = true;
      return results;
    }
    each("BEGIN");
    open = true;
    List<SqlResult> results = each(sql, parameters);
    commit();
    return results;
  }

  private List<SqlResult> each(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    List<SqlResult> results = new ArrayList<>();
    for (int shard = 0; shard < shards.count(); shard++) {
      results.add(member(shard).query(sql, parameters));
    }
    return results;
  }

  @Override
  public SqlResult numbered(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    queryEach("SAVEPOINT pglynx_number");
    List<SqlResult> results = each(sql, parameters);
    return new SameNumbers(shard -> again(shard, sql, parameters)).bring(results);
  }

  private SqlResult again(int shard, String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    Conversation conversation = member(shard);
    conversation.query("ROLLBACK TO SAVEPOINT pglynx_number");
    return conversation.query(sql, parameters);
  }

  // ---- rows ----------------------------------------------------------------------------------

  @Override
  public String copyOut(String sql, CopySink sink) throws PgErrorException, InterruptedException {
    return member(0).copyOut(sql, sink);
  }

  @Override
  public void copyRows(String relation, String sql, CopySink sink)
      throws PgErrorException, InterruptedException {
    BitSet where = where("SELECT * FROM " + relation);
    List<Conversation> sources = new ArrayList<>();
    for (int shard = where.nextSetBit(0); shard >= 0; shard = where.nextSetBit(shard + 1)) {
      sources.add(member(shard));
    }
    if (sources.size() == 1) {
      sources.getFirst().copyOut(sql, sink);
    } else {
      new InterleavedCopy(sources, sql).into(sink);
    }
  }

  /** The shards that have the rows of a query. */
  private BitSet where(String query) throws PgErrorException {
    ShardRoute route = shards.statement(query).route(Arguments.NONE, NO_TYPES, shards);
    BitSet found = new BitSet();
    switch (route) {
      case ShardRoute.To to -> numbers(to.servers(), found);
      case ShardRoute.Stay stay -> found.set(0);
      case ShardRoute.Unknown unknown ->
          throw new IllegalStateException("a whole table has no keys to be looked up");
      case ShardRoute.Refused refused -> throw refused.error().toException();
    }
    return found;
  }

  private void numbers(UpstreamProvider servers, BitSet found) {
    for (int shard = 0; shard < shards.count(); shard++) {
      if (servers == shards.together() || servers == shards.shard(shard)) {
        found.set(shard);
      }
    }
  }

  @Override
  public String copyIn(String sql, CopySource source) throws PgErrorException {
    throw PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED, "rows are not loaded into a database of several shards")
        .withHint("Create the table on each shard, and load it through pglynx with INSERT or COPY.")
        .toException();
  }

  // ---- the end -------------------------------------------------------------------------------

  /** Once begun it goes on to its end, whether the thread is interrupted or not. */
  private void commit() throws PgErrorException, InterruptedException {
    CompletableFuture<Ended> ended = new CompletableFuture<>();
    List<Upstream> servers = members.stream().map(Member::server).toList();
    loop.execute(() ->
        shards.commitEach(
            servers, (committed, notice, lost) -> ended.complete(over(committed, notice, lost))));
    boolean interrupted = false;
    Ended end = null;
    while (end == null) {
      try {
        end = ended.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    open = false;
    members.forEach(member -> member.conversation().ended());
    PgError notice = end.notice();
    if (!end.committed()) {
      throw (notice == null
              ? PgError.error(SqlState.INTERNAL_ERROR, "the transaction has failed")
              : notice)
          .toException();
    }
    if (notice != null) {
      LOG.warn("{}", notice.message());
    }
    if (interrupted) {
      throw new InterruptedException();
    }
  }

  private record Ended(boolean committed, @Nullable PgError notice) {}

  /** Each conversation has its connection back, or hears that it is lost. On the loop. */
  private Ended over(boolean committed, @Nullable PgError notice, Set<Integer> lost) {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (lost.contains(i)) {
        member
            .conversation()
            .downstream()
            .onLost(
                PgError.error(SqlState.CONNECTION_FAILURE, "the server connection was lost"),
                0,
                false);
      } else {
        member.server().lend(member.conversation().downstream());
      }
    }
    return new Ended(committed, notice);
  }

  @Override
  public boolean callersTransaction() {
    return false;
  }

  @Override
  public void close() {
    members.forEach(member -> member.conversation().close());
    members.clear();
  }
}
