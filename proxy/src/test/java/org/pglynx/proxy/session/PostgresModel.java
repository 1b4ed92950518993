package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.fatal;
import static org.pglynx.proxy.wire.BackendBytes.functionResult;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.Trace;

/**
 * Answers as Postgres does (tcop/postgres.c), as far as the message flow goes: transaction status,
 * skipping to Sync, COPY FROM STDIN. Texts are "begin", "commit", "rollback", "copy", "bad"; all
 * others succeed.
 */
final class PostgresModel {
  private enum Copy {
    NONE,
    SIMPLE,
    EXTENDED
  }

  private final ScriptedServer server;
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, String> portals = new HashMap<>();
  private char status = 'I';
  private boolean skipping;
  private Copy copy = Copy.NONE;

  PostgresModel(ScriptedServer server) {
    this.server = server;
  }

  /** Answers all that has come, until nothing comes any more. */
  void run() {
    for (List<String> sent = server.got(); !sent.isEmpty(); sent = server.got()) {
      for (String frame : sent) {
        if (server.alive()) {
          on(frame.charAt(0), frame.length() > 2 ? frame.substring(2) : "");
        }
      }
      server.offload();
    }
  }

  private void on(char tag, String rest) {
    if (copy != Copy.NONE) {
      onCopy(tag);
    } else if (tag == 'S') {
      skipping = false;
      server.says(ready(status));
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
      server.says(ready(status));
    }
  }

  private void fails(String code) {
    status = status == 'T' ? 'E' : status;
    skipping = true;
    server.says(error(code, "as Postgres would"));
  }

  private void onMessage(char tag, String rest) {
    if (rest.equals(Trace.MALFORMED)) {
      fails("08P01");
      return;
    }
    switch (tag) {
      case 'Q' -> {
        runs(rest, Copy.SIMPLE);
        skipping = false;
        if (copy == Copy.NONE) {
          server.says(ready(status));
        }
      }
      case 'F' -> server.says(functionResult(), ready(status));
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
      server.says(parameterDescription(), noData());
    } else {
      server.says(noData());
    }
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
      status = sql.equals("begin") ? 'T' : status;
      server.says(complete(sql.equals("begin") ? "BEGIN" : "SELECT 0"));
    }
  }
}
