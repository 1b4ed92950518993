package org.pglynx.proxy.ml;

import java.nio.ByteBuffer;

/** numeric in binary format (numeric_send): base-10000 digits with a weight and a sign. */
final class NumericBinary {
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int POSITIVE_INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final double BASE = 10_000;

  /** More are beyond what a double keeps; of 78 the mantissa would be infinite. */
  private static final int MOST_GROUPS = 8;

  private NumericBinary() {}

  /** The nearest double, or one next to it for more than 15 digits. */
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
    int read = Math.min(digits, MOST_GROUPS);
    double mantissa = 0;
    for (int i = 0; i < read; i++) {
      mantissa = mantissa * BASE + value.getShort();
    }
    double magnitude = scale(mantissa, weight - read + 1);
    return sign == NEGATIVE ? -magnitude : magnitude;
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

  // Dividing by an exact power rounds once; multiplying by 10^-n would round twice.
  private static double scale(double mantissa, int groups) {
    return groups >= 0 ? mantissa * Math.pow(BASE, groups) : mantissa / Math.pow(BASE, -groups);
  }
}
