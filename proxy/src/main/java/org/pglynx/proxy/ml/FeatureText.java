package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Numeric arrays in text format ({@code {1,2.5,NULL}}), of any number of dimensions: they are
 * flattened, as PostgresML flattens them.
 */
final class FeatureText {
  private FeatureText() {}

  /** Reads the array in the bytes into the row. */
  static void read(ByteBuf in, int from, int length, FeatureRow row) throws PgErrorException {
    int to = from + length;
    int at = skipBounds(in, from, to);
    int depth = 0;
    if (at >= to || in.getByte(at) != '{') {
      throw malformed(in, from, length);
    }
    // Whether an element or an array has just ended, or an array has just begun.
    boolean ended = false;
    boolean begun = false;
    while (at < to) {
      byte c = in.getByte(at);
      if (!fits(c, ended, begun)) {
        throw malformed(in, from, length);
      }
      switch (c) {
        case '{' -> depth++;
        case '}' -> depth--;
        case ',', ' ', '\t', '\n', '\r' -> {}
        default -> {
          int end = elementEnd(in, at, to);
          element(in, at, end, from, length, row);
          at = end - 1;
        }
      }
      if (!isBlank(c)) {
        ended = c != '{' && c != ',';
        begun = c == '{';
      }
      at++;
      if (depth <= 0) {
        break;
      }
    }
    if (depth != 0 || at < to) {
      throw malformed(in, from, length);
    }
  }

  private static boolean fits(byte c, boolean ended, boolean begun) {
    return switch (c) {
      case '}' -> ended || begun;
      case ',' -> ended;
      case ' ', '\t', '\n', '\r' -> true;
      default -> !ended;
    };
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  /** Explicit lower bounds, {@code [0:2]={…}}, mean nothing for features. */
  private static int skipBounds(ByteBuf in, int from, int to) {
    if (from < to && in.getByte(from) == '[') {
      int equals = in.indexOf(from, to, (byte) '=');
      return equals < 0 ? to : equals + 1;
    }
    return from;
  }

  private static int elementEnd(ByteBuf in, int from, int to) {
    int at = from;
    while (at < to) {
      byte c = in.getByte(at);
      if (c == ',' || c == '}' || c == '{' || isBlank(c)) {
        return at;
      }
      at++;
    }
    return at;
  }

  private static void element(ByteBuf in, int at, int end, int from, int length, FeatureRow row)
      throws PgErrorException {
    int first = in.getByte(at);
    if (first == 'N' || first == 'n' || first == 't' || first == 'f' || first == '"') {
      word(in, at, end, from, length, row);
      return;
    }
    try {
      double value = FloatParser.parse(in, at, end);
      if (Float.isInfinite((float) value)) {
        RealRange.within(value, in.toString(at, end - at, StandardCharsets.UTF_8));
      }
      row.add(value);
    } catch (NumberFormatException e) {
      throw malformed(in, from, length);
    }
  }

  /** NULL, NaN, the booleans of boolean[], and quoted numbers of text[]. */
  private static void word(ByteBuf in, int at, int end, int from, int length, FeatureRow row)
      throws PgErrorException {
    String word = in.toString(at, end - at, StandardCharsets.UTF_8);
    switch (word) {
      case "NULL", "null" -> row.addNull();
      case "t", "true" -> row.add(1);
      case "f", "false" -> row.add(0);
      default -> {
        try {
          String number = word.replace("\"", "");
          row.add(RealRange.within(FloatParser.parse(number), number));
        } catch (NumberFormatException e) {
          throw malformed(in, from, length);
        }
      }
    }
  }

  private static PgErrorException malformed(ByteBuf in, int from, int length) {
    String text = in.toString(from, Math.min(length, 80), StandardCharsets.UTF_8);
    return PgError.error(
            SqlState.INVALID_TEXT, "malformed array of features: \"%s\"".formatted(text))
        .withHint("Write it like {59,2,32.1}.")
        .toException();
  }
}
