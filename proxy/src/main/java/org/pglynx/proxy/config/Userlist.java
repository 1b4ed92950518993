package org.pglynx.proxy.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The users of PgBouncer's {@code userlist.txt}: {@code "user" "secret"} in each line, {@code ""}
 * for a quote within, the rest of the line without meaning, {@code ;} before a comment.
 *
 * <p>Scanned by hand: an expression for text in quotes needs a stack as deep as the text is long.
 */
final class Userlist {
  private final Map<String, Secret> users = new LinkedHashMap<>();
  private final Map<Integer, String> faults = new TreeMap<>();

  private Userlist() {}

  static Userlist parse(List<String> lines) {
    Userlist list = new Userlist();
    int number = 0;
    for (String line : lines) {
      number++;
      String trimmed = line.strip();
      if (!trimmed.isEmpty() && trimmed.charAt(0) != ';') {
        list.entry(trimmed, number);
      }
    }
    return list;
  }

  /** In the order of the file. */
  Map<String, Secret> users() {
    return users;
  }

  /** What is wrong, by the numbers of the lines. */
  Map<Integer, String> faults() {
    return faults;
  }

  private void entry(String line, int number) {
    int nameEnd = quoteEnd(line, 0);
    int secretStart = nameEnd < 0 ? -1 : blanksEnd(line, nameEnd + 1);
    int secretEnd = secretStart < 0 ? -1 : quoteEnd(line, secretStart);
    if (secretEnd < 0 || !endsValue(line, secretEnd + 1)) {
      faults.put(number, "expected \"user\" \"secret\" in double quotes");
      return;
    }
    String user = unquoted(line, 0, nameEnd);
    Secret secret = new Secret(unquoted(line, secretStart, secretEnd));
    if (user.isEmpty()) {
      faults.put(number, "the user's name is empty");
    } else if (secret.fault().isPresent()) {
      faults.put(number, '"' + user + "\": " + secret.fault().get());
    } else if (users.putIfAbsent(user, secret) != null) {
      faults.put(number, '"' + user + "\" is in the file already");
    }
  }

  /** The place of the quote that ends the text that begins here; -1 if none does. */
  private static int quoteEnd(String line, int start) {
    if (start >= line.length() || line.charAt(start) != '"') {
      return -1;
    }
    int at = line.indexOf('"', start + 1);
    while (at >= 0 && at + 1 < line.length() && line.charAt(at + 1) == '"') {
      at = line.indexOf('"', at + 2);
    }
    return at;
  }

  private static int blanksEnd(String line, int from) {
    int at = from;
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean endsValue(String line, int at) {
    return at == line.length() || Character.isWhitespace(line.charAt(at));
  }

  private static String unquoted(String line, int start, int end) {
    return line.substring(start + 1, end).replace("\"\"", "\"");
  }
}
