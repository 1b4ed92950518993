package org.pglynx.proxy.route;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.sql.Normalizer;

/**
 * Finds {@code role: primary}, {@code role: replica} or {@code role: any} in the comments of a
 * text, in whatever case, with blanks or not; {@code pglynx_role} and {@code pgdog_role} mean the
 * same, and so does an equals sign. Allocates nothing.
 */
final class RoleComment {
  private static final byte[] KEY = ascii("role");
  private static final byte[] PRIMARY = ascii("primary");
  private static final byte[] REPLICA = ascii("replica");
  private static final byte[] ANY = ascii("any");

  private RoleComment() {}

  private static byte[] ascii(String word) {
    return word.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** Where the comments send the text; null if they do not say. */
  static @Nullable ServerRole in(Normalizer text) {
    for (int i = 0; i < text.comments(); i++) {
      ServerRole found = in(text, text.commentStart(i), text.commentEnd(i));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable ServerRole in(Normalizer text, int from, int to) {
    for (int at = from; at + KEY.length < to; at++) {
      if (begins(text, at, to, KEY) && keyStarts(text, at, from)) {
        int value = value(text, at + KEY.length, to);
        ServerRole role = value < 0 ? null : role(text, value, to);
        if (role != null) {
          return role;
        }
      }
    }
    return null;
  }

  /** Not the end of another word, such as the name of a column. */
  private static boolean keyStarts(Normalizer text, int at, int from) {
    if (at == from || !isWord(text.at(at - 1))) {
      return true;
    }
    return behind(text, at, from, "pglynx_") || behind(text, at, from, "pgdog_");
  }

  private static boolean behind(Normalizer text, int at, int from, String prefix) {
    int start = at - prefix.length();
    return start >= from
        && begins(text, start, at, ascii(prefix))
        && (start == from || !isWord(text.at(start - 1)));
  }

  private static int value(Normalizer text, int from, int to) {
    int at = blanks(text, from, to);
    if (at == to || (text.at(at) != ':' && text.at(at) != '=')) {
      return -1;
    }
    at = blanks(text, at + 1, to);
    return at < to && (text.at(at) == '\'' || text.at(at) == '"') ? at + 1 : at;
  }

  private static int blanks(Normalizer text, int from, int to) {
    int at = from;
    while (at < to && text.at(at) == ' ') {
      at++;
    }
    return at;
  }

  private static @Nullable ServerRole role(Normalizer text, int at, int to) {
    if (word(text, at, to, PRIMARY)) {
      return ServerRole.PRIMARY;
    }
    if (word(text, at, to, REPLICA)) {
      return ServerRole.REPLICA;
    }
    return word(text, at, to, ANY) ? ServerRole.ANY : null;
  }

  private static boolean word(Normalizer text, int at, int to, byte[] lower) {
    int end = at + lower.length;
    return begins(text, at, to, lower) && (end == to || !isWord(text.at(end)));
  }

  private static boolean begins(Normalizer text, int at, int to, byte[] lower) {
    if (at + lower.length > to) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int c = text.at(at + i);
      if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWord(int c) {
    return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }
}
