package org.pglynx.proxy.it;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Replies as text, with all that tells whose they are. */
final class Replies {
  private Replies() {}

  static String text(RawConnection.Message message) {
    return switch (message.tag()) {
      case 'D' -> "D:" + values(ByteBuffer.wrap(message.body()));
      case 'd' -> "d:" + new String(message.body(), StandardCharsets.UTF_8).strip();
      case 'V' -> "V:" + value(ByteBuffer.wrap(message.body()));
      case 'E', 'N' -> message.tag() + ":" + message.field('C') + ":" + message.field('M');
      case 'C', 'Z' -> message.tag() + ":" + message.text();
      default -> String.valueOf(message.tag());
    };
  }

  private static String values(ByteBuffer body) {
    StringJoiner values = new StringJoiner("|");
    for (int i = body.getShort(); i > 0; i--) {
      values.add(value(body));
    }
    return values.toString();
  }

  private static String value(ByteBuffer body) {
    int length = body.getInt();
    if (length < 0) {
      return "NULL";
    }
    byte[] bytes = new byte[length];
    body.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The strings of a message that consists of them: ParameterStatus, or the end of a NOTIFY. */
  static String[] strings(RawConnection.Message message, int from) {
    return new String(message.body(), from, message.body().length - from, StandardCharsets.UTF_8)
        .split("\0");
  }
}
