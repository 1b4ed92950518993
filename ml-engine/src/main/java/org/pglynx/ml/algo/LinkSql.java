package org.pglynx.ml.algo;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** How a link is written as SQL, in the operations and the precision of {@link Link}. */
public final class LinkSql {
  private static final String ONE = Sql.real(1);
  private static final String ZERO = Sql.real(0);
  private static final String MAX_EXPONENT = Sql.real(88.7f);

  private final Link link;

  /** A link. */
  public LinkSql(Link link) {
    this.link = link;
  }

  /**
   * Says what a model of one score answers.
   *
   * @param score a variable of float32
   */
  public void ofOne(String score, SqlFunction out) {
    out.predict(prediction(score, out.value()));
    if (link.probabilities()) {
      probabilities(List.of(score), 2, out);
    }
  }

  /**
   * Says what a model of a score per class answers.
   *
   * @param compared variables, of which the largest is the prediction
   * @param scores the same as variables of float32
   */
  public void ofMany(List<String> compared, List<String> scores, SqlFunction out) {
    out.predict(out.value().indexOfLargest(compared));
    if (link.probabilities()) {
      probabilities(scores, scores.size(), out);
    }
  }

  private String prediction(String score, SqlBlock out) {
    return switch (link) {
      case IDENTITY -> score;
      case EXPONENT -> Sql.expReal(out.number(Sql.asNumber(score)));
      case LOGIT -> logistic(score, out);
      case LOGISTIC, SIGN, CLIPPED -> Sql.when(Sql.more(score, ZERO), ONE, ZERO);
      case SOFTMAX, LARGEST, ONE_VS_REST, CLIPPED_ONE_VS_REST ->
          throw new IllegalStateException("one score of many");
    };
  }

  private void probabilities(List<String> scores, int classes, SqlFunction function) {
    SqlBlock out = function.outputs();
    List<String> given = new ArrayList<>();
    switch (link) {
      case LOGISTIC, CLIPPED -> {
        String score = scores.getFirst();
        String p = out.real(link == Link.CLIPPED ? clipped(score) : logistic(score, out));
        given.add(Sql.minus(ONE, p));
        given.add(p);
      }
      case SOFTMAX -> given.addAll(softmax(scores, out));
      case ONE_VS_REST -> {
        scores.forEach(score -> given.add(out.real(logistic(score, out))));
        scaleToOne(given, classes, out);
      }
      case CLIPPED_ONE_VS_REST -> {
        scores.forEach(score -> given.add(out.real(clipped(score))));
        scaleToOne(given, classes, out);
      }
      case IDENTITY, EXPONENT, LOGIT, SIGN, LARGEST ->
          throw new IllegalStateException("no probabilities");
    }
    function.answer(given);
  }

  private static String clipped(String score) {
    String cut = Sql.smallest(List.of(ONE, Sql.largest(List.of(Sql.real(-1), score))));
    return Sql.over(Sql.plus(cut, ONE), Sql.real(2));
  }

  private static String logistic(String score, SqlBlock out) {
    String negative = Sql.minus(ZERO, score);
    String exponent = out.number(Sql.asNumber(Sql.smallest(List.of(negative, MAX_EXPONENT))));
    return Sql.over(ONE, Sql.plus(Sql.expReal(exponent), ONE));
  }

  private static void scaleToOne(List<String> shares, int classes, SqlBlock out) {
    String sum = out.real(ZERO);
    out.add(sum, shares);
    String none = Sql.equal(sum, ZERO);
    for (int i = 0; i < classes; i++) {
      String share = Sql.over(Sql.asNumber(shares.get(i)), Sql.asNumber(sum));
      String safe = out.number(Sql.when(none, Sql.number(0), share));
      shares.set(i, Sql.when(none, Sql.real(1f / classes), Sql.toReal(safe)));
    }
  }

  private static List<String> softmax(List<String> scores, SqlBlock out) {
    String max = out.real(Sql.largest(scores));
    List<String> shares = new ArrayList<>();
    for (String score : scores) {
      String below = out.number(Sql.asNumber(Sql.minus(score, max)));
      shares.add(out.real(Sql.expReal(below)));
    }
    String sum = out.number(Sql.number(0));
    out.add(sum, shares);
    String divisor = Sql.asNumber(Sql.asReal(sum));
    List<String> given = new ArrayList<>();
    for (String share : shares) {
      given.add(Sql.toReal(out.number(Sql.over(Sql.asNumber(share), divisor))));
    }
    return given;
  }
}
