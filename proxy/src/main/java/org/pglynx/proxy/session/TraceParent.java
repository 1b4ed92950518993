package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the trace that a statement belongs to, as sqlcommenter writes W3C's {@code traceparent}
 * into a comment. Only what has exactly its form is taken, so that nothing else of a comment shows.
 */
final class TraceParent {
  private static final String FORM_TEXT =
      "traceparent='([0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})'";

  private static final Pattern FORM = Pattern.compile(FORM_TEXT);

  /** Bytes of a text, from either end, within which a comment is looked for. */
  static final int LOOKED_AT = 1024;

  private TraceParent() {}

  /** The trace, or an empty text. */
  static String of(byte[] statement) {
    String found = in(statement, 0, statement.length);
    return found == null ? "" : found;
  }

  private static @Nullable String in(byte[] text, int from, int to) {
    Matcher found = FORM.matcher(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    return found.find() ? found.group(1) : null;
  }

  /**
   * The trace of a text that begins or ends with a comment, if it is one of those that are kept
   * (W3C Trace Context, 3.2.2.5: the flag "sampled"). Whatever has no comment at either end costs
   * the look at a few bytes.
   *
   * @return null if there is none, or it is not kept
   */
  static @Nullable String sampled(byte[] text, int from, int to) {
    String found = null;
    if (endsWithComment(text, from, to)) {
      found = in(text, Math.max(from, to - LOOKED_AT), to);
    }
    if (found == null && beginsWithComment(text, from, to)) {
      found = in(text, from, Math.min(to, from + LOOKED_AT));
    }
    boolean kept =
        found != null && (Character.digit(found.charAt(found.length() - 1), 16) & 1) != 0;
    return kept ? found : null;
  }

  private static boolean endsWithComment(byte[] text, int from, int to) {
    int end = to;
    while (end > from && (text[end - 1] == ';' || blank(text[end - 1]))) {
      end--;
    }
    return end - from >= 4 && text[end - 1] == '/' && text[end - 2] == '*';
  }

  private static boolean beginsWithComment(byte[] text, int from, int to) {
    int begin = from;
    while (begin < to && blank(text[begin])) {
      begin++;
    }
    return to - begin >= 4 && text[begin] == '/' && text[begin + 1] == '*';
  }

  private static boolean blank(byte each) {
    return each == ' ' || each >= '\t' && each <= '\r';
  }
}
