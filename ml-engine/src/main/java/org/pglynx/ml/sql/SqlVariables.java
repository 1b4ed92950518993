package org.pglynx.ml.sql;

/** The variables that a function declares, and how much of its size is used up. */
final class SqlVariables {
  private int reals;
  private int numbers;
  private int integers;
  private int arrays;
  private int cases;

  String real() {
    return "r" + ++reals;
  }

  String number() {
    return "d" + ++numbers;
  }

  String integer() {
    return "n" + ++integers;
  }

  String array() {
    return "a" + ++arrays;
  }

  int[] counts() {
    return new int[] {reals, numbers, integers, arrays};
  }

  /** Takes so many of the comparisons that there may be, if they are left. */
  boolean take(int comparisons, int limit) {
    boolean fits = cases + comparisons <= limit;
    cases += fits ? comparisons : 0;
    return fits;
  }
}
