package org.pglynx.proxy.dashboard;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.NonceSource;

/**
 * Who is logged in. In memory only, and only so many: one more ends the one that has been idle for
 * the longest time. Safe for many threads.
 */
final class Sessions {
  static final int MOST = 256;
  static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(30);
  static final long AGE_NANOS = TimeUnit.HOURS.toNanos(12);
  private static final int RANDOM_BYTES = 32;

  private final NonceSource random;
  private final LongSupplier clock;
  private final StatementPlaces statements = new StatementPlaces();
  private final Map<String, WebSession> sessions = new ConcurrentHashMap<>();

  /**
   * @param clock nanoseconds
   */
  Sessions(NonceSource random, LongSupplier clock) {
    this.random = random;
    this.clock = clock;
  }

  /**
   * A new one, which takes the place of the former one.
   *
   * @param console who it is for the console; null leaves that as it was
   * @param database who it is for a database; null leaves that as it was
   */
  synchronized WebSession open(
      @Nullable WebSession former, @Nullable Credentials console, @Nullable Credentials database) {
    sweep();
    if (former != null) {
      sessions.remove(former.id());
    }
    boolean same =
        former != null
            && (database == null
                || former.database() == null
                || database.equals(former.database()));
    if (former != null) {
      former.uploads().abortAll();
      if (!same) {
        former.trainings().cancelAll();
        former.statements().cancelAll();
      }
    }
    WebSession session =
        new WebSession(
            word(),
            word(),
            clock.getAsLong(),
            console == null && former != null ? former.console() : console,
            database == null && former != null ? former.database() : database,
            former != null && same ? former.trainings() : new TrainingRuns(),
            former != null && same ? former.statements() : new RunningStatements(statements));
    sessions.put(session.id(), session);
    if (sessions.size() > MOST) {
      idlest();
    }
    return session;
  }

  private String word() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random.bytes(RANDOM_BYTES));
  }

  private void idlest() {
    long now = clock.getAsLong();
    sessions.values().stream()
        .max(Comparator.comparingLong(each -> each.idleNanos(now)))
        .ifPresent(this::end);
  }

  /** The session of the cookie, used now; null if there is none. */
  @Nullable WebSession find(String id) {
    WebSession session = sessions.get(id);
    if (session == null || over(session)) {
      sweep();
      return null;
    }
    session.used(clock.getAsLong());
    return session;
  }

  private boolean over(WebSession session) {
    long now = clock.getAsLong();
    return session.ageNanos(now) > AGE_NANOS || session.idleNanos(now) > IDLE_NANOS;
  }

  /** Ends those that nobody uses any more. */
  void sweep() {
    List<WebSession> gone = new ArrayList<>(sessions.values());
    gone.removeIf(each -> !over(each));
    gone.forEach(this::end);
  }

  /** Ends it, and the trainings that were begun in it, as those of a client that leaves. */
  void end(WebSession session) {
    if (sessions.remove(session.id(), session)) {
      session.endWork();
    }
  }

  /** Ends all. */
  void close() {
    List.copyOf(sessions.values()).forEach(this::end);
  }

  int size() {
    return sessions.size();
  }
}
