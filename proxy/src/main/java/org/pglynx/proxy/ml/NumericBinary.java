package org.pglynx.proxy.ml;

import java.math.BigDecimal;
import java.nio.ByteBuffer;

/** numeric in binary format (numeric_send): base-10000 digits with a weight and a sign. */
final class NumericBinary {
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int POSITIVE_INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final int BASE = 10_000;

  /** Decimal digits of a group. */
  private static final int DIGITS = 4;

  /** So many groups fit into a long, whatever they are. */
  private static final int LONG_GROUPS = 4;

  /** Integers are doubles up to here. */
  private static final long EXACT = 1L << 53;

  /** 10 to the power of 22 is the last that is a double. */
  private static final int EXACT_GROUPS = 5;

  private NumericBinary() {}

  /** The nearest double; what is behind the 29th digit is not looked at. */
  static double toDouble(ByteBuffer value) {
    int digits = value.getShort() & 0xffff;
    int weight = value.getShort();
    int sign = value.getShort() & 0xffff;
    value.getShort();
    switch (sign) {
      case NAN -> {
        return Double.NaN;
      }
      case POSITIVE_INFINITY -> {
        return Double.POSITIVE_INFINITY;
      }
      case NEGATIVE_INFINITY -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    double magnitude = magnitude(value, digits, weight);
    return sign == NEGATIVE ? -magnitude : magnitude;
  }

  private static double magnitude(ByteBuffer value, int digits, int weight) {
    int above = Math.min(digits, LONG_GROUPS);
    long high = groups(value, above);
    int scale = weight - above + 1;
    if (digits == above && high < EXACT && Math.abs(scale) <= EXACT_GROUPS) {
      // Dividing by an exact power rounds once; multiplying by 10^-n would round twice.
      return scale >= 0 ? high * Math.pow(BASE, scale) : high / Math.pow(BASE, -scale);
    }
    int below = Math.min(digits - above, LONG_GROUPS);
    return BigDecimal.valueOf(high)
        .scaleByPowerOfTen(DIGITS * below)
        .add(BigDecimal.valueOf(groups(value, below)))
        .scaleByPowerOfTen(DIGITS * (scale - below))
        .doubleValue();
  }

  private static long groups(ByteBuffer value, int count) {
    long all = 0;
    for (int i = 0; i < count; i++) {
      all = all * BASE + value.getShort();
    }
    return all;
  }

  /** How many decimal digits the value has, without zeros before and behind them. */
  static int significantDigits(ByteBuffer value) {
    int groups = value.getShort() & 0xffff;
    if (groups == 0) {
      return 0;
    }
    int first = value.getShort(8);
    int last = value.getShort(6 + 2 * groups);
    int zeros = 0;
    for (int rest = last; rest % 10 == 0; rest /= 10) {
      zeros++;
    }
    return Integer.toString(first).length() + 4 * (groups - 1) - zeros;
  }
}
