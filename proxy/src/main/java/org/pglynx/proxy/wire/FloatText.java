package org.pglynx.proxy.wire;

/**
 * Floating point numbers in the text that PostgreSQL 12 and later print: the shortest digits that
 * read back to the same value, plain notation for exponents from -4 to 14 (float8) or 5 (float4).
 */
public final class FloatText {
  // float4out and float8out print in scientific notation outside of these (shortest-decimal, C's %g
  // with FLT_DIG 6 and DBL_DIG 15).
  private static final int FLOAT4_DIGITS = 6;
  private static final int FLOAT8_DIGITS = 15;

  private FloatText() {}

  /** A real as the server prints it. */
  public static String of(float value) {
    if (Float.isNaN(value) || Float.isInfinite(value)) {
      return special(value);
    }
    return shorten(Float.toString(value), FLOAT4_DIGITS);
  }

  /** A double precision as the server prints it. */
  public static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    return shorten(Double.toString(value), FLOAT8_DIGITS);
  }

  /** A real[] as the server prints it. */
  public static String of(float[] values) {
    StringBuilder text = new StringBuilder(values.length * 8 + 2).append('{');
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        text.append(',');
      }
      text.append(of(values[i]));
    }
    return text.append('}').toString();
  }

  private static String special(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return value > 0 ? "Infinity" : "-Infinity";
  }

  /** Java's shortest digits (JDK 19 and later, Raffaello Giulietti's algorithm) in C's layout. */
  private static String shorten(String java, int precision) {
    boolean negative = java.charAt(0) == '-';
    String unsigned = negative ? java.substring(1) : java;
    int e = unsigned.indexOf('E');
    String mantissa = e < 0 ? unsigned : unsigned.substring(0, e);
    int exponent = e < 0 ? 0 : Integer.parseInt(unsigned.substring(e + 1));
    int dot = mantissa.indexOf('.');
    String digits = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    exponent += dot - 1;
    int lead = 0;
    while (lead < digits.length() - 1 && digits.charAt(lead) == '0') {
      lead++;
      exponent--;
    }
    int end = digits.length();
    while (end > lead + 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    digits = digits.substring(lead, end);
    if (digits.equals("0")) {
      return negative ? "-0" : "0";
    }
    String text =
        exponent < -4 || exponent >= precision
            ? scientific(digits, exponent)
            : plain(digits, exponent);
    return negative ? "-" + text : text;
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = exponent < 0 ? "-" : "+";
    int size = Math.abs(exponent);
    return digits.charAt(0) + fraction + "e" + sign + (size < 10 ? "0" : "") + size;
  }

  private static String plain(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    if (digits.length() <= exponent + 1) {
      return digits + "0".repeat(exponent + 1 - digits.length());
    }
    return digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
  }
}
