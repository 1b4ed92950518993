package org.pglynx.proxy.wire;

import java.math.BigDecimal;
import java.math.MathContext;

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
    float size = Math.abs(value);
    String java = Float.toString(value);
    if (size >= 0x1p24f) {
      java = offTheBound(java, new BigDecimal(value), Math.ulp(value), 9);
    } else if (size < Float.MIN_NORMAL) {
      String digit = oneDigit(value);
      java = Float.parseFloat(digit) == value ? digit : java;
    }
    return shorten(java, FLOAT4_DIGITS);
  }

  /** A double precision as the server prints it. */
  public static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    String java = Double.toString(value);
    if (size >= 0x1p53) {
      java = offTheBound(java, new BigDecimal(value), Math.ulp(value), 17);
    } else if (size < Double.MIN_NORMAL) {
      String digit = oneDigit(value);
      java = Double.parseDouble(digit) == value ? digit : java;
    }
    return shorten(java, FLOAT8_DIGITS);
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

  /**
   * Java takes digits that lie exactly between two numbers if they round to the right one; the
   * server does not (Ryu without STRICTLY_SHORTEST): 1e23 is 9.999999999999999e+22 there. Only
   * numbers without a fraction have such digits.
   */
  private static String offTheBound(String java, BigDecimal value, double ulp, int mostDigits) {
    BigDecimal half = new BigDecimal(ulp).divide(BigDecimal.TWO);
    if (new BigDecimal(java).subtract(value).abs().compareTo(half) != 0) {
      return java;
    }
    for (int digits = 1; digits < mostDigits; digits++) {
      BigDecimal shorter = value.round(new MathContext(digits));
      if (shorter.subtract(value).abs().compareTo(half) < 0) {
        return withPoint(shorter);
      }
    }
    return withPoint(value.round(new MathContext(mostDigits)));
  }

  /** Java prints at least two digits, of a subnormal number one may say as much. */
  private static String oneDigit(double value) {
    // Zero has a sign that BigDecimal has not.
    return value == 0
        ? Double.toString(value)
        : withPoint(new BigDecimal(value).round(new MathContext(1)));
  }

  private static String withPoint(BigDecimal value) {
    String text = value.unscaledValue().toString();
    return text + ".0E" + -value.scale();
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
