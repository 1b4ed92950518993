package org.pglynx.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.LackingLogin;
import org.pglynx.proxy.backend.OneQuestion;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Asks over connections of its own, one for each server, with the login of one of the database's
 * users: if a server lets that one not in, the next question comes from another user. Confined to
 * one event loop.
 */
final class PooledProber implements Prober {
  /**
   * Positions as a number of bytes; a standby cannot be asked for what it has written, nor a
   * primary for what it has replayed. Of which timeline a standby receives its log, not everybody
   * may see: then that is null.
   */
  private static final String QUESTION =
      """
      SELECT pg_catalog.pg_is_in_recovery(),
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
          ELSE pg_catalog.pg_current_wal_insert_lsn() END OPERATOR(pg_catalog.-) $1::pg_catalog.pg_lsn,
        CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN
          pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8)
        END,
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN
          GREATEST(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
          OPERATOR(pg_catalog.-) $1::pg_catalog.pg_lsn END,
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN
          (SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver) END\
      """;

  private static final String ZERO = "0/0";

  private static final ParameterSet PINNED =
      ParameterSet.of(Map.of("search_path", "pg_catalog", "client_encoding", "UTF8"));

  /**
   * A user's way in.
   *
   * @param user whose servers they are
   * @param targets one for each server
   */
  private record Login(Object user, List<BackendTarget> targets) {}

  private final String name;
  private final Connector connector;
  private final EventLoop loop;
  private final long timeoutMillis;
  private final List<Login> logins = new ArrayList<>();
  private final List<ConnectionPool> pools = new ArrayList<>();
  private int login;
  private boolean gone;
  private boolean changing;
  private boolean closed;

  PooledProber(String name, Connector connector, EventLoop loop, long timeoutMillis) {
    this.name = name;
    this.connector = connector;
    this.loop = loop;
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  public void mayBe(Object user, List<BackendTarget> targets) {
    logins.add(new Login(user, List.copyOf(targets)));
    if (gone) {
      // The last one of a user that is no longer was good enough until there is another.
      gone = false;
      drop(0);
    } else if (pools.isEmpty() && !closed) {
      open();
    }
  }

  @Override
  public void isGone(Object user) {
    for (int i = 0; i < logins.size(); i++) {
      if (logins.get(i).user() == user) {
        if (logins.size() == 1) {
          gone = true;
        } else {
          drop(i);
        }
        return;
      }
    }
  }

  private void drop(int index) {
    logins.remove(index);
    if (index == login) {
      login = login % logins.size();
      reopen();
    } else if (index < login) {
      login--;
    }
  }

  private void open() {
    for (BackendTarget target : logins.get(login).targets()) {
      PoolSettings settings =
          new PoolSettings(
              "probes of " + name,
              1,
              0,
              0,
              0,
              TimeUnit.MILLISECONDS.toNanos(timeoutMillis),
              0,
              0,
              PoolSettings.Check.NONE,
              false);
      // Nothing that hangs may keep the only connection for longer than a question takes.
      BackendTarget hasty = target.connectingWithin(Math.toIntExact(timeoutMillis));
      pools.add(new ConnectionPool(settings, List.of(), hasty, connector, List.of(loop)));
    }
  }

  @Override
  public void close() {
    closed = true;
    closePools();
  }

  private void closePools() {
    List<ConnectionPool> former = List.copyOf(pools);
    pools.clear();
    former.forEach(ConnectionPool::close);
  }

  @Override
  public boolean ready() {
    return !pools.isEmpty();
  }

  @Override
  public CompletionStage<Answer> ask(int host) {
    ConnectionPool pool = pools.get(host);
    return OneQuestion.ask(
            pool.on(loop), loop, PINNED, QUESTION, ZERO, timeoutMillis, Upstream.Release.BROKEN)
        .handle((rows, failure) -> failure == null ? read(rows) : failed(pool, failure));
  }

  private static Answer read(List<@Nullable String[]> rows) {
    @Nullable String[] row = rows.getFirst();
    long position = number(row[1]);
    String timeline = row[2];
    return new Answer.Facts(
        timeline == null
            ? new ServerFacts("t".equals(row[0]), position, number(row[3]), (int) number(row[4]))
            : ServerFacts.writing(position, Integer.parseUnsignedInt(timeline, 16)));
  }

  private static long number(@Nullable String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  /** What waits in a pool when that is closed is refused by it, and not by the server. */
  private Answer failed(ConnectionPool asked, Throwable failure) {
    return pools.contains(asked) ? failed(failure) : new Answer.Dropped();
  }

  private Answer failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!(cause instanceof PgErrorException refusal)) {
      return new Answer.None(Failing.SILENT, String.valueOf(cause));
    }
    PgError error = refusal.error();
    String why = error.detail() == null ? error.message() : error.message() + ": " + error.detail();
    if (LackingLogin.is(error)) {
      another();
      return new Answer.Alive(why);
    }
    if (error.code().equals(SqlState.CANNOT_CONNECT.code())) {
      return new Answer.None(Failing.UNREACHABLE, why);
    }
    return switch (error.code().substring(0, 2)) {
      case "08" -> new Answer.None(Failing.SILENT, why);
      // Cancelled, or what the server says when it starts or stops.
      case "57" ->
          new Answer.None(
              error.code().equals(SqlState.QUERY_CANCELED.code())
                  ? Failing.SILENT
                  : Failing.REFUSES,
              why);
      case "28" -> {
        another();
        yield new Answer.Alive(why);
      }
      default -> new Answer.Alive(why);
    };
  }

  /** The login does not do; several servers may say so before it is changed. */
  private void another() {
    if (logins.size() > 1 && !changing) {
      changing = true;
      loop.execute(this::change);
    }
  }

  private void change() {
    changing = false;
    login = (login + 1) % logins.size();
    reopen();
  }

  private void reopen() {
    closePools();
    if (!closed) {
      open();
    }
  }
}
