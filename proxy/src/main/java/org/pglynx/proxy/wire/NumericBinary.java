package org.pglynx.proxy.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A numeric in binary format (numeric_send of utils/adt/numeric.c): groups of four decimal digits,
 * the power of 10,000 that the first counts, a sign, and how many decimal places are shown.
 */
public final class NumericBinary {
  private static final int POSITIVE = 0;
  private static final int NEGATIVE = 0x4000;
  private static final int POSITIVE_INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final int BASE = 10_000;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);

  /** Decimal digits of a group. */
  private static final int DIGITS = 4;

  /** So many groups fit into a long, whatever they are. */
  private static final int LONG_GROUPS = 4;

  /** Integers are doubles up to here. */
  private static final long EXACT = 1L << 53;

  /** 10 to the power of 22 is the last that is a double. */
  private static final int EXACT_GROUPS = 5;

  private NumericBinary() {}

  // ---- all digits ----------------------------------------------------------------------------

  /** The number; null for NaN and the infinities. */
  public static @Nullable BigDecimal decode(ByteBuffer value) {
    int groups = value.getShort() & 0xffff;
    int weight = value.getShort();
    int sign = value.getShort() & 0xffff;
    int scale = value.getShort();
    if (sign != POSITIVE && sign != NEGATIVE) {
      return null;
    }
    BigInteger whole = BigInteger.ZERO;
    for (int i = 0; i < groups; i++) {
      whole = whole.multiply(BIG_BASE).add(BigInteger.valueOf(value.getShort()));
    }
    BigDecimal number =
        new BigDecimal(whole).scaleByPowerOfTen(DIGITS * (weight + 1 - groups)).setScale(scale);
    return sign == NEGATIVE ? number.negate() : number;
  }

  /** The value for a client. */
  public static byte[] encode(BigDecimal value) {
    int places = Math.ceilDiv(value.scale(), DIGITS);
    BigInteger rest = value.abs().setScale(places * DIGITS).unscaledValue();
    ArrayDeque<Short> groups = new ArrayDeque<>();
    boolean significant = false;
    int weight = -places - 1;
    while (rest.signum() != 0) {
      BigInteger[] parts = rest.divideAndRemainder(BIG_BASE);
      significant |= parts[1].signum() != 0;
      if (significant) {
        groups.addFirst(parts[1].shortValue());
      }
      weight++;
      rest = parts[0];
    }
    ByteBuffer out = ByteBuffer.allocate(Short.BYTES * (4 + groups.size()));
    out.putShort((short) groups.size()).putShort((short) (groups.isEmpty() ? 0 : weight));
    out.putShort((short) (value.signum() < 0 ? NEGATIVE : POSITIVE))
        .putShort((short) value.scale());
    groups.forEach(out::putShort);
    return out.array();
  }

  /** How many decimal digits the value has, without zeros before and behind them. */
  public static int significantDigits(ByteBuffer value) {
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
    return Integer.toString(first).length() + DIGITS * (groups - 1) - zeros;
  }

  // ---- doubles -------------------------------------------------------------------------------

  /** The nearest double; what is behind the 29th digit is not looked at. */
  public static double toDouble(ByteBuffer value) {
    int groups = value.getShort() & 0xffff;
    int weight = value.getShort();
    int sign = value.getShort() & 0xffff;
    value.getShort();
    return switch (sign) {
      case POSITIVE -> magnitude(value, groups, weight);
      case NEGATIVE -> -magnitude(value, groups, weight);
      case POSITIVE_INFINITY -> Double.POSITIVE_INFINITY;
      case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
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
}
