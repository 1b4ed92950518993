package org.pglynx.ml.sql;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Expressions of SQL whose meaning depends on no setting: operators and functions are named with
 * their schema, and constants are typed texts, which the server reads to the same bits.
 */
public final class Sql {
  /** The largest number that becomes 0 as a float32: half the smallest one. */
  private static final String VANISHES = number(0x1p-150);

  /** The smallest number that becomes infinite as a float32: the largest one and half a step. */
  private static final String OVERFLOWS = number(0x1.ffffffp127);

  /** exp of what is not greater becomes 0 as a float32, ln 2^-150. */
  private static final String EXP_VANISHES = number(-103.972077083991);

  /** exp of what is greater becomes infinite as a float32. */
  private static final String EXP_OVERFLOWS = number(88.722839052068);

  /** exp of what is less is 0, and the server raises an error of it. */
  private static final String EXP_UNDERFLOWS = number(-745);

  private Sql() {}

  /** A float32. */
  public static String real(float value) {
    return "'" + value + "'::real";
  }

  /** A float64. */
  public static String number(double value) {
    return "'" + value + "'::double precision";
  }

  /** An int32. */
  public static String integer(int value) {
    return "'" + value + "'::int";
  }

  /** An array of float32. */
  public static String reals(float[] values) {
    StringBuilder text = new StringBuilder("'{");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    return text.append("}'::real[]").toString();
  }

  /** An array of float64. */
  public static String numbers(double[] values) {
    StringBuilder text = new StringBuilder("'{");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    return text.append("}'::double precision[]").toString();
  }

  /** An array of int32. */
  public static String integers(int[] values) {
    StringBuilder text = new StringBuilder("'{");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    return text.append("}'::int[]").toString();
  }

  /** An element of an array. */
  public static String element(String array, String index) {
    return "(" + array + ")[" + index + "]";
  }

  /** The sum. */
  public static String plus(String a, String b) {
    return binary(a, "+", b);
  }

  /** The difference. */
  public static String minus(String a, String b) {
    return binary(a, "-", b);
  }

  /** The product. */
  public static String times(String a, String b) {
    return binary(a, "*", b);
  }

  /** The quotient. */
  public static String over(String a, String b) {
    return binary(a, "/", b);
  }

  /** Whether a &lt; b. */
  public static String less(String a, String b) {
    return binary(a, "<", b);
  }

  /** Whether a &gt; b. */
  public static String more(String a, String b) {
    return binary(a, ">", b);
  }

  /** Whether a ≤ b. */
  public static String most(String a, String b) {
    return binary(a, "<=", b);
  }

  /** Whether a ≥ b. */
  public static String least(String a, String b) {
    return binary(a, ">=", b);
  }

  /** Whether a = b. */
  public static String equal(String a, String b) {
    return binary(a, "=", b);
  }

  private static String binary(String a, String operator, String b) {
    return "(" + a + " operator(pg_catalog." + operator + ") " + b + ")";
  }

  /** One or the other; the other, too, where the condition is NULL. */
  public static String when(String condition, String yes, String no) {
    return "(case when " + condition + " then " + yes + " else " + no + " end)";
  }

  /** The largest. */
  public static String largest(Collection<String> values) {
    return values.stream().collect(Collectors.joining(", ", "greatest(", ")"));
  }

  /** The smallest. */
  public static String smallest(Collection<String> values) {
    return values.stream().collect(Collectors.joining(", ", "least(", ")"));
  }

  /** An array of expressions. */
  public static String array(Collection<String> values) {
    return values.stream().collect(Collectors.joining(", ", "array[", "]"));
  }

  /** What is a float32 or an integer as a float64. */
  public static String asNumber(String value) {
    return value + "::double precision";
  }

  /** What fits as an int32. */
  public static String asInteger(String value) {
    return value + "::int";
  }

  /** A float64 as a float32, where it cannot be too small for one. */
  public static String asReal(String value) {
    return value + "::real";
  }

  /**
   * A float64 as a float32. The server raises an error where a number becomes 0 or infinite; what
   * was infinite before, it takes.
   *
   * @param variable used up to four times
   */
  public static String toReal(String variable) {
    String size = "pg_catalog.abs(" + variable + ")";
    return "(case when "
        + most(size, VANISHES)
        + " then "
        + real(0)
        + " when "
        + less(size, OVERFLOWS)
        + " then "
        + asReal(variable)
        + " else "
        + asReal(times(variable, number(Double.POSITIVE_INFINITY)))
        + " end)";
  }

  /**
   * exp of a float64, not far below 0.
   *
   * @param variable used twice
   */
  public static String exp(String variable) {
    return when(less(variable, EXP_UNDERFLOWS), number(0), "pg_catalog.exp(" + variable + ")");
  }

  /**
   * exp of a float64 as a float32.
   *
   * @param variable used three times
   */
  public static String expReal(String variable) {
    return "(case when "
        + most(variable, EXP_VANISHES)
        + " then "
        + real(0)
        + " when "
        + more(variable, EXP_OVERFLOWS)
        + " then "
        + real(Float.POSITIVE_INFINITY)
        + " else "
        + asReal("pg_catalog.exp(" + variable + ")")
        + " end)";
  }

  /** tanh of a float64. */
  public static String tanh(String value) {
    return "pg_catalog.tanh(" + value + ")";
  }
}
