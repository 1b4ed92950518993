package org.pglynx.proxy.admin;

import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What WHERE of a SHOW asks of a row. As in SQL a comparison with NULL is neither true nor false,
 * and only rows for which the whole is true are shown.
 */
sealed interface Condition {
  /** The value of a column: a text, a whole number, or null. */
  interface Row {
    @Nullable Object value(int column);
  }

  /** True, false, or null if it is unknown. */
  @Nullable Boolean holds(Row row);

  /** Both. */
  record And(Condition left, Condition right) implements Condition {
    @Override
    public @Nullable Boolean holds(Row row) {
      Boolean one = left.holds(row);
      Boolean other = right.holds(row);
      if (Boolean.FALSE.equals(one) || Boolean.FALSE.equals(other)) {
        return false;
      }
      return one == null || other == null ? null : Boolean.TRUE;
    }
  }

  /** One of both. */
  record Or(Condition left, Condition right) implements Condition {
    @Override
    public @Nullable Boolean holds(Row row) {
      Boolean one = left.holds(row);
      Boolean other = right.holds(row);
      if (Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other)) {
        return true;
      }
      return one == null || other == null ? null : Boolean.FALSE;
    }
  }

  /** The contrary. */
  record Not(Condition of) implements Condition {
    @Override
    public @Nullable Boolean holds(Row row) {
      Boolean known = of.holds(row);
      return known == null ? null : Boolean.valueOf(!known);
    }
  }

  /** A comparison with a value, which is of the column's type. */
  record Compare(int column, Operator operator, Object value) implements Condition {
    @Override
    public @Nullable Boolean holds(Row row) {
      Object found = row.value(column);
      return found == null ? null : Boolean.valueOf(operator.holds(compare(found, value)));
    }
  }

  /** One of several values, which are of the column's type. */
  record In(int column, List<Object> values) implements Condition {
    @Override
    public @Nullable Boolean holds(Row row) {
      Object found = row.value(column);
      return found == null ? null : Boolean.valueOf(values.contains(found));
    }
  }

  /** LIKE and ILIKE. */
  record Like(int column, Pattern pattern) implements Condition {
    /** The pattern with % and _ as an expression; a backslash takes the meaning from both. */
    static Pattern pattern(String like, boolean anyCase) {
      StringBuilder expression = new StringBuilder();
      for (int i = 0; i < like.length(); i++) {
        char c = like.charAt(i);
        boolean escaped = c == '\\' && i + 1 < like.length();
        if (escaped) {
          i++;
          expression.append(Pattern.quote(String.valueOf(like.charAt(i))));
        } else if (c == '%') {
          expression.append(".*");
        } else {
          expression.append(c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
      }
      int flags = Pattern.DOTALL | (anyCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0);
      return Pattern.compile(expression.toString(), flags);
    }

    @Override
    public @Nullable Boolean holds(Row row) {
      Object found = row.value(column);
      return found == null ? null : Boolean.valueOf(pattern.matcher(found.toString()).matches());
    }
  }

  /** IS NULL. */
  record IsNull(int column) implements Condition {
    @Override
    public Boolean holds(Row row) {
      return row.value(column) == null;
    }
  }

  /** Operators of comparisons. */
  enum Operator {
    EQUAL("=", order -> order == 0),
    NOT_EQUAL("<>", order -> order != 0),
    LESS("<", order -> order < 0),
    LESS_OR_EQUAL("<=", order -> order <= 0),
    GREATER(">", order -> order > 0),
    GREATER_OR_EQUAL(">=", order -> order >= 0);

    private final String sign;
    private final IntPredicate test;

    Operator(String sign, IntPredicate test) {
      this.sign = sign;
      this.test = test;
    }

    /** The operator of that sign, or null. */
    static @Nullable Operator of(String sign) {
      for (Operator operator : values()) {
        if (operator.sign.equals(sign) || operator == NOT_EQUAL && sign.equals("!=")) {
          return operator;
        }
      }
      return null;
    }

    boolean holds(int order) {
      return test.test(order);
    }
  }

  /** The order of two values of one type, neither of them null. */
  static int compare(Object one, Object other) {
    if (one instanceof Long number && other instanceof Long second) {
      return Long.compare(number, second);
    }
    return Objects.toString(one).compareTo(Objects.toString(other));
  }
}
