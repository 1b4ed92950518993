package org.pglynx.proxy.shard;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A numeric in binary format (numeric_send of utils/adt/numeric.c): digits of base 10,000, the
 * power of the first, a sign, and how many decimal places are shown.
 */
final class NumericBinary {
  private static final int POSITIVE = 0;
  private static final int NEGATIVE = 0x4000;
  private static final int DECIMALS = 4;
  private static final BigInteger BASE = BigInteger.valueOf(10_000);

  private NumericBinary() {}

  /** The number; null for NaN and the infinities. */
  static @Nullable BigDecimal decode(ByteBuffer cell) {
    int digits = cell.getShort();
    int weight = cell.getShort();
    int sign = cell.getShort() & 0xffff;
    int scale = cell.getShort();
    if (sign != POSITIVE && sign != NEGATIVE) {
      return null;
    }
    BigInteger whole = BigInteger.ZERO;
    for (int i = 0; i < digits; i++) {
      whole = whole.multiply(BASE).add(BigInteger.valueOf(cell.getShort()));
    }
    BigDecimal value =
        new BigDecimal(whole).scaleByPowerOfTen(DECIMALS * (weight + 1 - digits)).setScale(scale);
    return sign == NEGATIVE ? value.negate() : value;
  }

  /** The value for a client. */
  static byte[] encode(BigDecimal value) {
    int places = Math.ceilDiv(value.scale(), DECIMALS);
    BigInteger rest = value.abs().setScale(places * DECIMALS).unscaledValue();
    ArrayDeque<Short> digits = new ArrayDeque<>();
    boolean significant = false;
    int weight = -places - 1;
    while (rest.signum() != 0) {
      BigInteger[] parts = rest.divideAndRemainder(BASE);
      significant |= parts[1].signum() != 0;
      if (significant) {
        digits.addFirst(parts[1].shortValue());
      }
      weight++;
      rest = parts[0];
    }
    ByteBuffer out = ByteBuffer.allocate(Short.BYTES * (4 + digits.size()));
    out.putShort((short) digits.size()).putShort((short) (digits.isEmpty() ? 0 : weight));
    out.putShort((short) (value.signum() < 0 ? NEGATIVE : POSITIVE))
        .putShort((short) value.scale());
    digits.forEach(out::putShort);
    return out.array();
  }
}
