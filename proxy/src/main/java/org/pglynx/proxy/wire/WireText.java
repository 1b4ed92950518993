package org.pglynx.proxy.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Names on the wire as strings, without loss: they are bytes, and not always of UTF-8. A byte that
 * is no part of a character becomes a lone surrogate (U+DC80 to U+DCFF, as in Python's PEP 383), so
 * that different names stay different, and are told as they came.
 */
public final class WireText {
  private static final char REPLACEMENT = '\uFFFD';
  private static final char ESCAPED = '\uDC00';

  private WireText() {}

  /** The string of the bytes. */
  public static String decode(ByteBuf buffer, int offset, int length) {
    String text = buffer.toString(offset, length, UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return decode(bytes, 0, length);
  }

  /** The string of the bytes. */
  public static String decode(byte[] bytes, int from, int to) {
    CharsetDecoder decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = CharBuffer.allocate(to - from);
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPED + (in.get() & 0xff)));
      }
      result = decoder.decode(in, out, true);
    }
    return out.flip().toString();
  }

  /** Whether a string stands for bytes that are not all of UTF-8. */
  public static boolean isEscaped(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)) {
        i++;
      } else if (escapes(c)) {
        return true;
      }
    }
    return false;
  }

  /** The bytes of the string. */
  public static byte[] encode(CharSequence text) {
    if (!isEscaped(text)) {
      return text.toString().getBytes(UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(c -> {
          if (c <= Character.MAX_VALUE && escapes((char) c)) {
            bytes.write(c - ESCAPED);
          } else {
            bytes.writeBytes(Character.toString(c).getBytes(UTF_8));
          }
        });
    return bytes.toByteArray();
  }

  private static boolean escapes(char c) {
    return c >= ESCAPED + 0x80 && c <= ESCAPED + 0xff;
  }
}
