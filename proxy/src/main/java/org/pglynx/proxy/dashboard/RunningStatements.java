package org.pglynx.proxy.dashboard;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements that somebody has typed and that run now, by the names that the page has given
 * them: so each is cancelled by whoever has begun it, with the key of its own session, and by
 * nobody else. Safe for many threads.
 *
 * <pre>
 *   BEGINS ──logged in──▶ RUNS ──▶ gone
 *     └──cancel──▶ refused     └──cancel, too long, session over──▶ the server is asked to stop it
 * </pre>
 */
final class RunningStatements {
  private static final class Running {
    private final Call call;
    private boolean cancelled;
    private SqlClient.@Nullable CancelKey key;

    Running(Call call) {
      this.call = call;
    }

    synchronized void begun(SqlClient.CancelKey own) throws FaultException {
      key = own;
      if (cancelled) {
        throw Fault.of("57014", "canceling statement due to user request").toException();
      }
    }

    private synchronized SqlClient.@Nullable CancelKey cancelled() {
      cancelled = true;
      return key;
    }

    void cancel() throws FaultException, IOException {
      SqlClient.CancelKey running = cancelled();
      if (running != null) {
        call.cancel(running);
      }
    }
  }

  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final StatementPlaces places;
  private boolean over;

  /**
   * @param places of all sessions
   */
  RunningStatements(StatementPlaces places) {
    this.places = places;
  }

  /**
   * Does something with a session in the database, and lets others cancel it meanwhile.
   *
   * @param name that it is cancelled by
   * @param millis how long an answer may take; then it is cancelled
   */
  <T> T run(Call call, String name, int millis, Call.Work<T> work)
      throws FaultException, IOException {
    Credentials who = call.databaseUser();
    places.take(who);
    try {
      return named(call, name, millis, work);
    } finally {
      places.giveBack(who);
    }
  }

  private <T> T named(Call call, String name, int millis, Call.Work<T> work)
      throws FaultException, IOException {
    Running mine = add(call, name);
    try {
      return call.database(
          millis,
          client -> {
            mine.begun(client.cancelKey());
            return inTime(mine, client, work);
          });
    } finally {
      running.remove(name, mine);
    }
  }

  /** A statement that nobody waits for any more is not left to run. */
  private static <T> T inTime(Running mine, SqlClient client, Call.Work<T> work)
      throws FaultException, IOException {
    try {
      return work.with(client);
    } catch (FaultException e) {
      if (SqlClient.TOO_LONG.equals(e.fault().message())) {
        cancelAfter(e, mine);
      }
      throw e;
    }
  }

  /** Whoever waits is told of what came first. */
  private static void cancelAfter(FaultException tooLong, Running mine) {
    try {
      mine.cancel();
    } catch (FaultException | IOException e) {
      tooLong.addSuppressed(e);
    }
  }

  private synchronized Running add(Call call, String name) throws FaultException {
    if (over) {
      throw Fault.of("57P01", "the session has ended").toException();
    }
    Running mine = new Running(call);
    if (running.putIfAbsent(name, mine) != null) {
      throw Fault.of("22023", "a statement of that name runs already").toException();
    }
    return mine;
  }

  /**
   * Asks the server to stop it.
   *
   * @throws FaultException also if none of that name runs
   */
  void cancel(String name) throws FaultException, IOException {
    Running found = running.get(name);
    if (found == null) {
      throw Fault.of("02000", "no such statement of this session runs").toException();
    }
    found.cancel();
  }

  /** Whoever began them is gone. */
  void cancelAll() {
    List<Running> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(running.values());
    }
    left.forEach(each -> Thread.ofVirtual().start(() -> cancelQuietly(each)));
  }

  private static void cancelQuietly(Running one) {
    try {
      one.cancel();
    } catch (FaultException | IOException _) {
      // Nobody is left to be told; it ends when its answer takes too long.
    }
  }
}
