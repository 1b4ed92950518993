package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All that a server says in a script, byte by byte, but for what cannot be the same:
 *
 * <ul>
 *   <li>the process id and the key of BackendKeyData, and the process id of a notification;
 *   <li>the order in which parameters are reported at the login, which is that of a hash table;
 *   <li>in a description of rows the number of a table that the script itself has created;
 *   <li>of an error that the proxy makes, file, line and routine of Postgres' source.
 * </ul>
 */
final class ByteTrace {
  /** Where in Postgres' source an error was made. */
  private static final Set<Character> SOURCE = Set.of('F', 'L', 'R');

  /** FirstNormalObjectId. */
  private static final int FIRST_OF_USERS = 16_384;

  /** Bytes behind a column's name: table, column, type, its size and modifier, format. */
  private static final int DESCRIPTION = 18;

  private ByteTrace() {}

  /** Logs in, plays the script, and asks for a sign of life. */
  static List<String> of(
      WireScripts.Script script, int port, String database, int version, boolean source) {
    List<String> trace = new ArrayList<>();
    try (RawConnection connection = RawConnection.open(port)) {
      connection.send(
          RawConnection.startup(version, Map.of("user", "postgres", "database", database)));
      add(trace, connection.untilReady(), source);
      Collections.sort(trace);
      for (WireScripts.Step step : script.steps()) {
        connection.send(step.bytes());
        for (char until : step.replies().toCharArray()) {
          add(trace, connection.until(until), source);
        }
      }
      if (!trace.getLast().equals("EOF")) {
        connection.send(sync(), query("ROLLBACK"), query("SELECT 'alive'"));
        add(trace, connection.untilReady(), source);
        add(trace, connection.untilReady(), source);
        add(trace, connection.untilReady(), source);
      }
    }
    return trace;
  }

  private static void add(
      List<String> trace, List<RawConnection.Message> messages, boolean source) {
    messages.forEach(message -> trace.add(text(message, source)));
  }

  private static String text(RawConnection.Message message, boolean source) {
    byte[] body = message.body();
    return switch (message.tag()) {
      case '\0' -> "EOF";
      case 'K' -> "K of " + body.length + " bytes";
      case 'T' -> "T" + printed(withoutTables(body), 0, body.length);
      case 'A' -> "A" + printed(body, 4, body.length);
      case 'E', 'N' -> message.tag() + fields(body, source);
      default -> message.tag() + printed(body, 0, body.length);
    };
  }

  private static byte[] withoutTables(byte[] body) {
    ByteBuffer columns = ByteBuffer.wrap(body.clone());
    for (int i = columns.getShort(); i > 0; i--) {
      while (columns.get() != 0) {
        // The column's name.
      }
      if (columns.getInt(columns.position()) >= FIRST_OF_USERS) {
        columns.putInt(columns.position(), 0);
      }
      columns.position(columns.position() + DESCRIPTION);
    }
    return columns.array();
  }

  private static String fields(byte[] body, boolean source) {
    StringBuilder fields = new StringBuilder();
    int at = 0;
    while (body[at] != 0) {
      int end = at + 1;
      while (body[end] != 0) {
        end++;
      }
      if (source || !SOURCE.contains((char) body[at])) {
        fields.append(' ').append(printed(body, at, end));
      }
      at = end + 1;
    }
    return fields + printed(body, at, body.length);
  }

  /** Long ones by their length and hash. */
  private static String printed(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    if (text.length() > 400) {
      return text.substring(0, 40) + "… of " + text.length() + ", " + Objects.hash(text);
    }
    StringBuilder printed = new StringBuilder();
    for (char c : text.toCharArray()) {
      printed.append(c >= ' ' && c <= '~' ? String.valueOf(c) : "\\%02x".formatted((int) c));
    }
    return printed.toString();
  }
}
