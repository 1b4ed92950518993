package org.pglynx.proxy.ml;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * The text forms of bytea as byteain reads them (manual, section 8.4): hex, and the old escapes.
 */
final class ByteaText {
  private final byte[] in;
  private final byte[] out;
  private int length;

  private ByteaText(byte[] in) {
    this.in = in;
    this.out = new byte[in.length];
  }

  /** The bytes of {@code \x0aff} or of {@code a\\b\012}. */
  static byte[] parse(String text) throws PgErrorException {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same of a value in text format. */
  static byte[] parse(byte[] text) throws PgErrorException {
    ByteaText value = new ByteaText(text);
    if (text.length >= 2 && text[0] == '\\' && text[1] == 'x') {
      value.hex();
    } else {
      value.escaped();
    }
    return Arrays.copyOf(value.out, value.length);
  }

  private void hex() throws PgErrorException {
    int at = 2;
    while (at < in.length) {
      if (blank(in[at])) {
        at++;
        continue;
      }
      int high = digit(in[at]);
      if (at + 1 >= in.length) {
        throw MlErrors.invalid("invalid hexadecimal data: odd number of digits").toException();
      }
      out[length++] = (byte) (high << 4 | digit(in[at + 1]));
      at += 2;
    }
  }

  private static boolean blank(byte c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  private static int digit(byte c) throws PgErrorException {
    int value = c < 0 ? -1 : Character.digit(c, 16);
    if (value < 0) {
      throw MlErrors.invalid(
              "invalid hexadecimal digit: \"%s\"".formatted(c < 0 ? "?" : (char) c + ""))
          .toException();
    }
    return value;
  }

  private void escaped() throws PgErrorException {
    for (int at = 0; at < in.length; ) {
      if (in[at] != '\\') {
        out[length++] = in[at++];
      } else if (at + 1 < in.length && in[at + 1] == '\\') {
        out[length++] = '\\';
        at += 2;
      } else {
        out[length++] = (byte) (octal(at + 1, 3) << 6 | octal(at + 2, 7) << 3 | octal(at + 3, 7));
        at += 4;
      }
    }
  }

  private int octal(int at, int largest) throws PgErrorException {
    int value = at < in.length ? in[at] - '0' : -1;
    if (value < 0 || value > largest) {
      throw PgError.error(SqlState.INVALID_TEXT, "invalid input syntax for type bytea")
          .toException();
    }
    return value;
  }
}
