package org.pglynx.ml.sql;

import java.util.ArrayList;
import java.util.List;

/** Probabilities of classes from their logarithms, each in the precision of one kind of model. */
public final class Shares {
  private final SqlFunction function;
  private final SqlBlock out;

  /** The numbers of the function's answer. */
  public Shares(SqlFunction function) {
    this.function = function;
    this.out = function.outputs();
  }

  /** All in float64. */
  public void ofLogarithms(List<String> scores) {
    List<String> shares = exponentials(scores);
    String sum = sum(shares);
    answer(shares, share -> Sql.over(share, sum));
  }

  /** Shares are rounded to float32 before they are divided by their sum in float64. */
  public void ofRoundedLogarithms(List<String> scores) {
    List<String> shares = exponentials(scores);
    String sum = sum(shares);
    answer(shares, share -> Sql.over(out.real(Sql.toReal(share)), sum));
  }

  /** Of two classes the second one's log odds. */
  public void ofLogit(String score) {
    String p = out.number(logistic(score));
    String other = out.number(Sql.minus(Sql.number(1), p));
    function.answer(List.of(Sql.toReal(other), Sql.toReal(p)));
  }

  /**
   * The logistic function in float64; beyond 40 it is 1.
   *
   * @param variable used three times
   */
  public static String logistic(String variable) {
    String exp = "pg_catalog.exp(" + Sql.minus(Sql.number(0), variable) + ")";
    String within = Sql.over(Sql.number(1), Sql.plus(Sql.number(1), exp));
    return "(case when "
        + Sql.more(variable, Sql.number(40))
        + " then "
        + Sql.number(1)
        + " when "
        + Sql.less(variable, Sql.number(-709))
        + " then "
        + Sql.number(0)
        + " else "
        + within
        + " end)";
  }

  private List<String> exponentials(List<String> scores) {
    String most = out.number(Sql.largest(scores));
    List<String> shares = new ArrayList<>();
    for (String score : scores) {
      shares.add(out.number(Sql.exp(out.number(Sql.minus(score, most)))));
    }
    return shares;
  }

  private String sum(List<String> shares) {
    String sum = out.number(Sql.number(0));
    out.add(sum, shares);
    return sum;
  }

  private interface Quotient {
    String of(String share);
  }

  private void answer(List<String> shares, Quotient quotient) {
    List<String> given = new ArrayList<>();
    for (String share : shares) {
      given.add(Sql.toReal(out.number(quotient.of(share))));
    }
    function.answer(given);
  }
}
