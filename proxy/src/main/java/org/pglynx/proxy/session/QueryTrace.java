package org.pglynx.proxy.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.config.PluginsConfig;

/**
 * The statements of a session that are to be logged and have no answer yet: those of each Query or
 * batch together, as one answer ends them. Confined to the session's loop.
 */
final class QueryTrace {
  /** What a session has sent ahead beyond that is not logged. */
  private static final int MOST = 64;

  private static final class Group {
    private final List<RunningView.Text> texts = new ArrayList<>();
    private int statements;
  }

  private final Session session;
  private final PluginsConfig.QueryLog how;
  private final QueryLog log;
  private final ArrayDeque<Group> groups = new ArrayDeque<>();
  private int kept;

  QueryTrace(Session session, PluginsConfig.QueryLog how, QueryLog log) {
    this.session = session;
    this.how = how;
    this.log = log;
  }

  /** Whether the next statement is one of the sample, and there is room for it. */
  boolean wants() {
    return kept < MOST
        && (how.percent() >= 100 || ThreadLocalRandom.current().nextInt(100) < how.percent());
  }

  /**
   * A statement is passed on.
   *
   * @param begins whether it is the first of its Query or batch
   * @param trace knows its text
   */
  void passed(boolean begins, StatementTrace trace) {
    if (begins || groups.isEmpty()) {
      groups.add(new Group());
    }
    Group group = groups.getLast();
    group.statements++;
    if (wants()) {
      group.texts.add(trace.text());
      kept++;
    }
  }

  /**
   * A Query or a batch has been answered.
   *
   * @param more whether others are under way
   */
  void answered(long nanos, boolean more, String server) {
    do {
      Group group = groups.poll();
      if (group == null) {
        return;
      }
      kept -= group.texts.size();
      group.texts.forEach(text -> tell(text, nanos, group.statements, server));
    } while (!more);
  }

  /** Nobody will answer what is under way. */
  void lost() {
    groups.clear();
    kept = 0;
  }

  /** The proxy itself has answered a statement. */
  void answeredHere(long nanos, StatementTrace trace) {
    if (wants()) {
      tell(trace.text(), nanos, 1, "");
    }
  }

  private void tell(RunningView.Text text, long nanos, int statements, String server) {
    if (nanos >= TimeUnit.MILLISECONDS.toNanos(how.leastMillis())) {
      log.take(
          new QueryLog.Line(
              how,
              session.profile().database(),
              session.profile().user(),
              session.id(),
              server,
              nanos,
              statements,
              text));
    }
  }
}
