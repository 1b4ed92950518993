package org.pglynx.ml.sql;

import java.util.ArrayList;
import java.util.List;

/** Statements, one after the other. */
public final class SqlBlock {
  /** Terms of one expression; deeper ones would cost the server's stack. */
  private static final int MAX_TERMS = 64;

  private final SqlVariables variables;
  private final StringBuilder text = new StringBuilder();

  SqlBlock(SqlVariables variables) {
    this.variables = variables;
  }

  /** Another block of the same function. */
  public SqlBlock another() {
    return new SqlBlock(variables);
  }

  /** A new variable of float32 with a value. */
  public String real(String value) {
    return set(variables.real(), value);
  }

  /** A new variable of float64 with a value. */
  public String number(String value) {
    return set(variables.number(), value);
  }

  /** A new variable of int32 with a value. */
  public String integer(String value) {
    return set(variables.integer(), value);
  }

  /** A new variable of an array of float32 with a value. */
  public String array(String value) {
    return set(variables.array(), value);
  }

  /** A name for a loop to count with. */
  public String counter() {
    return variables.integer();
  }

  /** Sets a variable; gives its name. */
  public String set(String variable, String value) {
    text.append(variable).append(" := ").append(value).append(";\n");
    return variable;
  }

  /** Adds terms to a variable, in their order. */
  public void add(String variable, List<String> terms) {
    for (int from = 0; from < terms.size(); from += MAX_TERMS) {
      String sum = variable;
      for (String term : terms.subList(from, Math.min(terms.size(), from + MAX_TERMS))) {
        sum = Sql.plus(sum, term);
      }
      set(variable, sum);
    }
  }

  /** A statement, or part of one, as it is. */
  public void raw(String statement) {
    text.append(statement).append('\n');
  }

  /** All that the other block does. */
  public void append(SqlBlock other) {
    text.append(other.text);
  }

  /** Takes so many of the comparisons that a function may have in expressions, if any are left. */
  public boolean takeComparisons(int comparisons, int limit) {
    return variables.take(comparisons, limit);
  }

  /** The number of the first of the largest values, from 0 on, as a float32. */
  public String indexOfLargest(List<String> values) {
    return indexOf(values, number(Sql.largest(values)), indexes(values.size()));
  }

  /** What stands for the first of the smallest values. */
  public String ofSmallest(List<String> values, List<String> results) {
    return indexOf(values, number(Sql.smallest(values)), results);
  }

  private static List<String> indexes(int count) {
    List<String> indexes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      indexes.add(Sql.real(i));
    }
    return indexes;
  }

  private static String indexOf(List<String> values, String wanted, List<String> results) {
    StringBuilder found = new StringBuilder("(case");
    for (int i = 0; i + 1 < values.size(); i++) {
      found
          .append(" when ")
          .append(Sql.equal(values.get(i), wanted))
          .append(" then ")
          .append(results.get(i));
    }
    String last = results.getLast();
    return values.size() == 1
        ? last
        : found.append(" else ").append(last).append(" end)").toString();
  }

  String text() {
    return text.toString();
  }
}
