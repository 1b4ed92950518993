package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.fatal;
import static org.pglynx.proxy.wire.BackendBytes.functionResult;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameter;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.Trace;

/**
 * Answers as Postgres does (tcop/postgres.c), as far as the message flow goes: transaction status,
 * skipping to Sync, COPY FROM STDIN. Texts are "begin", "commit", "rollback", "copy", "bad", "set"
 * (reports a parameter) and "select x" (has a row); all others succeed, and their command tag is
 * their text if it begins with "who".
 */
final class PostgresModel {
  /** More messages in a row than any client here sends. */
  private static final int MAX_ROUNDS = 10_000;

  private static final String WITH_ROW = "select x";

  private enum Copy {
    NONE,
    SIMPLE,
    EXTENDED
  }

  private final ScriptedServer server;
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, String> portals = new HashMap<>();
  private final ArrayDeque<String> unanswered = new ArrayDeque<>();
  private char status = 'I';
  private boolean skipping;
  private Copy copy = Copy.NONE;

  PostgresModel(ScriptedServer server) {
    this.server = server;
  }

  /** Answers all that has come, until nothing comes any more, or nobody reads the answers. */
  void run() {
    int rounds = 0;
    while (hears()) {
      if (++rounds > MAX_ROUNDS) {
        throw new AssertionError("there is no end of questions: " + unanswered);
      }
      String frame = unanswered.remove();
      if (server.alive()) {
        on(frame.charAt(0), frame.length() > 2 ? frame.substring(2) : "");
      }
    }
  }

  private boolean hears() {
    if (unanswered.isEmpty() || !server.read()) {
      server.offload();
      unanswered.addAll(server.gotWhole());
    }
    return !unanswered.isEmpty() && (server.read() || !server.alive());
  }

  private void on(char tag, String rest) {
    if (copy != Copy.NONE) {
      onCopy(tag);
    } else if (tag == 'S') {
      skipping = false;
      ready();
    } else if (!skipping) {
      onMessage(tag, rest);
    }
  }

  private void onCopy(char tag) {
    Copy was = copy;
    switch (tag) {
      case 'd', 'H', 'S' -> {
        return;
      }
      case 'c' -> server.says(complete("COPY 1"));
      case 'f' -> fails("57014");
      default -> {
        server.says(fatal("08P01", "unexpected message type during COPY from stdin"));
        server.dies();
        return;
      }
    }
    copy = Copy.NONE;
    if (was == Copy.SIMPLE) {
      skipping = false;
      ready();
    }
  }

  private void fails(String code) {
    status = status == 'T' ? 'E' : status;
    skipping = true;
    server.says(error(code, "as Postgres would"));
  }

  /** Portals end with their transaction. */
  private void ready() {
    if (status == 'I') {
      portals.clear();
    }
    server.says(BackendBytes.ready(status));
  }

  private void onMessage(char tag, String rest) {
    if (rest.equals(Trace.MALFORMED) && "QPBDEC".indexOf(tag) >= 0) {
      fails("08P01");
      if (tag == 'Q') {
        skipping = false;
        ready();
      }
      return;
    }
    switch (tag) {
      case 'Q' -> {
        statements.remove("");
        portals.remove("");
        runs(rest, Copy.SIMPLE);
        skipping = false;
        if (copy == Copy.NONE) {
          ready();
        }
      }
      case 'F' -> {
        server.says(functionResult());
        ready();
      }
      case 'P' ->
          onParse(rest.substring(0, rest.indexOf(':')), rest.substring(rest.indexOf(':') + 1));
      case 'B' -> onBind(rest.split("/", -1));
      case 'D' -> onDescribe(rest);
      case 'E' -> onExecute(rest.substring(0, rest.indexOf(' ')));
      case 'C' -> server.says(closeComplete());
      default -> {
        // d, c, f outside of a COPY, and Flush, have no answer; X closes.
        if (tag == 'X') {
          server.dies();
        }
      }
    }
  }

  private void onParse(String name, String sql) {
    if (sql.equals("bad")) {
      fails("42601");
    } else if (!name.isEmpty() && statements.containsKey(name)) {
      fails("42P05");
    } else {
      statements.put(name, sql);
      server.says(parseComplete());
    }
  }

  private void onBind(String[] names) {
    String sql = statements.get(names[1]);
    if (sql == null) {
      fails("26000");
    } else {
      portals.put(names[0], sql);
      server.says(bindComplete());
    }
  }

  private void onDescribe(String rest) {
    String name = rest.length() > 2 ? rest.substring(2) : "";
    boolean statement = rest.startsWith("S");
    if (!(statement ? statements : portals).containsKey(name)) {
      fails(statement ? "26000" : "34000");
    } else if (statement) {
      server.says(parameterDescription(), described(statements.get(name)));
    } else {
      server.says(described(portals.get(name)));
    }
  }

  private static byte[] described(@Nullable String sql) {
    return WITH_ROW.equals(sql) ? rowDescription("x") : noData();
  }

  private void onExecute(String portal) {
    if (portals.containsKey(portal)) {
      runs(Objects.requireNonNull(portals.get(portal)), Copy.EXTENDED);
    } else {
      fails("34000");
    }
  }

  private void runs(String sql, Copy how) {
    if (sql.startsWith("ROLLBACK TO") || sql.equals("bad")) {
      fails("3B001");
    } else if (sql.equalsIgnoreCase("rollback") || sql.equals("commit")) {
      status = 'I';
      server.says(complete("ROLLBACK"));
    } else if (status == 'E') {
      fails("25P02");
    } else if (sql.equals("copy")) {
      copy = how;
      server.says(copyIn());
    } else {
      if (sql.equals("DISCARD ALL")) {
        statements.clear();
      }
      succeeds(sql, how);
    }
  }

  private void succeeds(String sql, Copy how) {
    if (sql.equals("set")) {
      server.says(parameter("application_name", "fuzz"));
    } else if (sql.equals(WITH_ROW)) {
      server.says(how == Copy.SIMPLE ? rowDescription("x") : new byte[0], row("a"));
    }
    status = sql.equals("begin") ? 'T' : status;
    server.says(complete(tag(sql)));
  }

  private static String tag(String sql) {
    return switch (sql) {
      case "begin" -> "BEGIN";
      case "set" -> "SET";
      default -> sql.startsWith("who") ? sql : "SELECT 0";
    };
  }
}
