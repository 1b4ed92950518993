package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;

/**
 * Asks the interceptor about the text of Parse messages; keeps the answer while the frame is held,
 * so that it is asked once.
 */
final class ParseDecider {
  private static final int[] NO_TYPES = {};

  private final QueryInterceptor interceptor;
  private @Nullable Decision decided;
  private int[] types = NO_TYPES;

  private ParseDecider(QueryInterceptor interceptor) {
    this.interceptor = interceptor;
  }

  static @Nullable ParseDecider of(@Nullable QueryInterceptor interceptor) {
    return interceptor == null ? null : new ParseDecider(interceptor);
  }

  /** Decides about the text from {@code text} on, in a frame that ends at {@code end}. */
  Decision decide(ByteBuf buffer, int text, int end) {
    Decision kept = decided;
    if (kept != null) {
      return kept;
    }
    int zero = buffer.indexOf(text, end, (byte) 0);
    if (zero < 0) {
      throw new MalformedMessageException("invalid string in message");
    }
    if (zero - text > SimpleQueries.MAX_INTERCEPTED) {
      return unread();
    }
    if (!interceptor.concerns(buffer, text, zero - text)) {
      return Decision.PASS;
    }
    types = types(buffer, zero + 1, end);
    String sql = buffer.toString(text, zero - text, StandardCharsets.UTF_8);
    Decision decision = interceptor.intercept(sql, types, false);
    decided = decision;
    return decision;
  }

  /** Of a text that is too long to be looked at. */
  Decision unread() {
    return interceptor.passesUnread() ? Decision.PASS : SimpleQueries.UNREAD;
  }

  private static int[] types(ByteBuf buffer, int at, int end) {
    int count = end - at >= 2 ? buffer.getUnsignedShort(at) : -1;
    if (count < 0 || end - at != 2 + 4 * count) {
      throw new MalformedMessageException(
          "invalid message format: Parse with a wrong number of types");
    }
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = buffer.getInt(at + 2 + 4 * i);
    }
    return types;
  }

  /** The frame is used up. */
  void forget() {
    decided = null;
  }

  /** The body of Parse after the name, for other text with the types decided about. */
  byte[] definition(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(text.length + 3 + 4 * types.length);
    body.put(text).put((byte) 0).putShort((short) types.length);
    for (int type : types) {
      body.putInt(type);
    }
    return body.array();
  }
}
