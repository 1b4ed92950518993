package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the trace that a statement belongs to, as sqlcommenter writes W3C's {@code traceparent}
 * into a comment. Only what has exactly its form is taken, so that nothing else of a comment shows.
 */
final class TraceParent {
  private static final Pattern FORM =
      Pattern.compile("traceparent='([0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})'");

  private TraceParent() {}

  /** The trace, or an empty text. */
  static String of(byte[] statement) {
    Matcher found = FORM.matcher(new String(statement, StandardCharsets.ISO_8859_1));
    return found.find() ? found.group(1) : "";
  }
}
