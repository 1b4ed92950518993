package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Tells, without cutting it into tokens, that a text has none of {@link SessionEffects}: by its
 * first word, by having no statement behind a semicolon, and by words that give the rest away
 * wherever they stand ({@code temp}, {@code advisory}, {@code set_config}, {@code currval}, {@code
 * lastval}). These are looked for with Horspool's shift.
 *
 * <p>The bytes are looked at in an array, to which they are copied piece by piece: that takes a
 * fifth of the time that asking the buffer for each byte takes.
 */
final class EffectHint {
  /** No word that is looked for is longer. */
  private static final int OVERLAP = 16;

  private static final int LARGEST_PIECE = 4096;
  private static final int SMALLEST_PIECE = 256;
  private static final int LOWER = 0x20;
  private static final int WINDOW = 4;
  private static final byte[] SHIFT = shifts("temp", "advi", "t_co", "rval", "tval");

  private byte[] piece = new byte[0];

  private static byte[] shifts(String... windows) {
    byte[] shifts = new byte[256];
    Arrays.fill(shifts, (byte) WINDOW);
    for (String window : windows) {
      for (int i = 0; i < WINDOW; i++) {
        byte shift = (byte) (WINDOW - 1 - i);
        int lower = window.charAt(i);
        int upper = Character.toUpperCase(lower);
        shifts[lower] = (byte) Math.min(shifts[lower], shift);
        shifts[upper] = (byte) Math.min(shifts[upper], shift);
      }
    }
    return shifts;
  }

  /** Whether the text must be looked at closely. */
  boolean found(ByteBuf text, int offset, int length) {
    int taken = take(text, offset, length);
    if (begins(piece, taken)) {
      return true;
    }
    boolean semicolon = false;
    int done = 0;
    while (true) {
      int fresh = done == 0 ? 0 : OVERLAP;
      int at = semicolon ? fresh : behindSemicolon(piece, fresh, taken);
      semicolon |= at >= 0;
      if (semicolon && !blank(piece, at, taken) || holdsWord(piece, taken)) {
        return true;
      }
      done += taken;
      if (done >= length) {
        return false;
      }
      done -= OVERLAP;
      taken = take(text, offset + done, length - done);
    }
  }

  /** The bytes of the text that was found last, from index 0 on. */
  byte[] bytes(ByteBuf text, int offset, int length) {
    if (length <= piece.length) {
      return piece;
    }
    byte[] all = new byte[length];
    text.getBytes(offset, all);
    return all;
  }

  private int take(ByteBuf text, int offset, int length) {
    int taken = Math.min(length, LARGEST_PIECE);
    if (piece.length < taken) {
      int larger = Integer.highestOneBit(Math.max(taken, SMALLEST_PIECE) - 1) << 1;
      piece = new byte[Math.min(larger, LARGEST_PIECE)];
    }
    text.getBytes(offset, piece, 0, taken);
    return taken;
  }

  // ---- the first word --------------------------------------------------------------------------

  private static boolean begins(byte[] text, int end) {
    int i = 0;
    while (i < end) {
      byte b = text[i];
      if (b == '-' && at(text, i + 1, end) == '-') {
        i = lineEnd(text, i, end);
      } else if (b == '/' && at(text, i + 1, end) == '*') {
        i = commentEnd(text, i, end);
      } else if (b == '(' || isBlank(b)) {
        i++;
      } else {
        return cut(i, end) || matters(text, i, end);
      }
    }
    return cut(i, end);
  }

  /** Whether the first word, or a comment before it, may go on in the next piece. */
  private static boolean cut(int word, int end) {
    return end == LARGEST_PIECE && end - word < 3;
  }

  private static int lineEnd(byte[] text, int from, int end) {
    int i = from;
    while (i < end && text[i] != '\n' && text[i] != '\r') {
      i++;
    }
    return i;
  }

  private static int commentEnd(byte[] text, int from, int end) {
    int depth = 0;
    for (int i = from; i < end; i++) {
      if (text[i] == '/' && at(text, i + 1, end) == '*') {
        depth++;
        i++;
      } else if (text[i] == '*' && at(text, i + 1, end) == '/') {
        i++;
        if (--depth == 0) {
          return i + 1;
        }
      }
    }
    return end;
  }

  private static int at(byte[] text, int i, int end) {
    return i < end ? text[i] : 0;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  /** Two letters tell SELECT, INSERT, UPDATE, WITH, COMMIT … from the few that matter. */
  private static boolean matters(byte[] text, int at, int end) {
    int third = at(text, at + 2, end) | LOWER;
    return switch ((text[at] | LOWER) << 8 | (at(text, at + 1, end) | LOWER)) {
      // SET, not SELECT.
      case 's' << 8 | 'e' -> third == 't';
      // RESET, not RELEASE, REINDEX, REFRESH, REVOKE.
      case 'r' << 8 | 'e' -> third == 's';
      // DEALLOCATE, DECLARE, not DELETE.
      case 'd' << 8 | 'e' -> third != 'l';
      // LOAD, not LOCK.
      case 'l' << 8 | 'o' -> third == 'a';
      // BEGIN, CLOSE, CREATE, DISCARD, DO, DROP, EXECUTE and EXPLAIN, LISTEN, NOTIFY, PREPARE,
      // START, UNLISTEN.
      case 'b' << 8 | 'e',
          'c' << 8 | 'l',
          'c' << 8 | 'r',
          'd' << 8 | 'i',
          'd' << 8 | 'o',
          'd' << 8 | 'r',
          'e' << 8 | 'x',
          'l' << 8 | 'i',
          'n' << 8 | 'o',
          'p' << 8 | 'r',
          's' << 8 | 't',
          'u' << 8 | 'n' ->
          true;
      default -> false;
    };
  }

  // ---- further statements ----------------------------------------------------------------------

  private static int behindSemicolon(byte[] text, int from, int end) {
    for (int i = from; i < end; i++) {
      if (text[i] == ';') {
        return i + 1;
      }
    }
    return -1;
  }

  private static boolean blank(byte[] text, int from, int end) {
    for (int i = from; i < end; i++) {
      if (!isBlank(text[i])) {
        return false;
      }
    }
    return true;
  }

  // ---- words -----------------------------------------------------------------------------------

  private static boolean holdsWord(byte[] text, int end) {
    int last = WINDOW - 1;
    while (last < end) {
      int shift = SHIFT[text[last] & 0xff];
      if (shift > 0) {
        last += shift;
      } else if (word(text, last, end)) {
        return true;
      } else {
        last++;
      }
    }
    return false;
  }

  private static boolean word(byte[] text, int last, int end) {
    return switch (text[last] | LOWER) {
      case 'p' -> is(text, last - 3, end, "temp") && temporary(text, last, end);
      case 'i' -> is(text, last - 3, end, "advisory");
      case 'l' ->
          last >= 6 && (is(text, last - 6, end, "currval") || is(text, last - 6, end, "lastval"));
      default -> last >= 5 && is(text, last - 5, end, "set_config");
    };
  }

  /** {@code temp} and {@code temporary} as words, or the schema {@code pg_temp}. */
  private static boolean temporary(byte[] text, int last, int end) {
    if (last >= 6 && is(text, last - 6, end, "pg_temp")) {
      return true;
    }
    boolean begins = last < 4 || !inWord(text[last - 4]);
    boolean ends = last + 1 == end || !inWord(text[last + 1]);
    return begins && (ends || is(text, last - 3, end, "temporary"));
  }

  private static boolean inWord(byte b) {
    int letter = b | LOWER;
    return b < 0 || b == '_' || (letter >= 'a' && letter <= 'z') || (b >= '0' && b <= '9');
  }

  private static boolean is(byte[] text, int from, int end, String lower) {
    if (end - from < lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      int b = text[from + i];
      if (b != c && (c == '_' || (b | LOWER) != c)) {
        return false;
      }
    }
    return true;
  }
}
