package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads decimal numbers from bytes without allocating: what has at most 15 digits and a power of
 * ten below 23 is exact in one double operation (Clinger, "How to read floating point numbers
 * accurately", 1990); the rest goes through the JDK.
 */
final class FloatParser {
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final int EXACT_DIGITS = 15;

  private FloatParser() {}

  /** The number that the whole text spells, also NaN and Infinity as the server spells them. */
  static double parse(String text) {
    String trimmed = text.trim();
    if (trimmed.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    String unsigned =
        trimmed.startsWith("-") || trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
    if (unsigned.equalsIgnoreCase("infinity") || unsigned.equalsIgnoreCase("inf")) {
      return trimmed.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    // Java would also take hexadecimal floats and the suffixes d and f.
    if (unsigned.isEmpty() || unsigned.chars().anyMatch(c -> "0123456789.eE+-".indexOf(c) < 0)) {
      throw new NumberFormatException(text);
    }
    return Double.parseDouble(trimmed);
  }

  /** The number in [from, to) of the buffer. */
  static double parse(ByteBuf in, int from, int to) {
    int at = from;
    boolean negative = at < to && in.getByte(at) == '-';
    at += negative ? 1 : 0;
    long mantissa = 0;
    int digits = 0;
    int scale = 0;
    boolean point = false;
    for (; at < to; at++) {
      byte c = in.getByte(at);
      if (c >= '0' && c <= '9') {
        mantissa = mantissa * 10 + (c - '0');
        digits += mantissa == 0 ? 0 : 1;
        scale -= point ? 1 : 0;
        if (digits > EXACT_DIGITS) {
          return slow(in, from, to);
        }
      } else if (c == '.' && !point) {
        point = true;
      } else {
        return slow(in, from, to);
      }
    }
    if (-scale >= POWERS.length || to - from - (negative ? 1 : 0) - (point ? 1 : 0) <= 0) {
      return slow(in, from, to);
    }
    double value = mantissa / POWERS[-scale];
    return negative ? -value : value;
  }

  private static double slow(ByteBuf in, int from, int to) {
    return parse(in.toString(from, to - from, StandardCharsets.US_ASCII));
  }
}
