package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Texts that are routed by what they say. They are read as UTF-8 with standard strings; in a
 * session where they may mean something else they are refused.
 */
final class RoutedText {
  private RoutedText() {}

  /** Why the text of a Query or Parse cannot be read for what it is; null if it can. */
  static @Nullable PgError refusal(
      Session session, byte tag, ByteBuf buffer, int offset, int length) {
    boolean utf8 = session.readsUtf8();
    boolean plain = !session.state().plainBackslashes();
    if (utf8 && plain) {
      return null;
    }
    int from = StatementFields.textStart(tag, buffer, offset, length);
    int to = end(buffer, from, offset + length);
    for (int i = from; i < to; i++) {
      byte each = buffer.getByte(i);
      if (each < 0 && !utf8) {
        return unreadable("client_encoding", "UTF8");
      }
      if (each == '\\' && !plain) {
        return unreadable("standard_conforming_strings", "on");
      }
    }
    return null;
  }

  private static PgError unreadable(String parameter, String value) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "this statement is routed to its shard only if " + parameter + " is " + value)
        .withHint("Choose a shard with SET SHARD TO n, or set " + parameter + ".");
  }

  /** The text of a Query or Parse, as far as the frame goes. */
  static String of(byte tag, ByteBuf buffer, int offset, int length) {
    int text = StatementFields.textStart(tag, buffer, offset, length);
    int size = end(buffer, text, offset + length) - text;
    return buffer.toString(text, size, StandardCharsets.UTF_8);
  }

  private static int end(ByteBuf buffer, int text, int limit) {
    int zero = buffer.indexOf(text, limit, (byte) 0);
    return zero < 0 ? limit : zero;
  }
}
