package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * {@code EXPLAIN [ANALYZE] [VERBOSE] statement} or {@code EXPLAIN (options) statement}: the plan
 * gets lines that tell which way each prediction goes.
 *
 * @param statement the tokens of the statement
 * @param analyze whether it is run
 * @param text whether the plan is lines of text
 */
record ExplainCommand(TokenRange statement, boolean analyze, boolean text) {
  /** The command, or null if the statement is another one. */
  static @Nullable ExplainCommand of(SqlTokens tokens, TokenRange whole) {
    if (!tokens.word(whole.from(), "explain")) {
      return null;
    }
    int at = whole.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(at);
      TokenRange options = new TokenRange(at + 1, close);
      return new ExplainCommand(
          new TokenRange(close + 1, whole.to()),
          isOn(tokens, options, "analyze"),
          isText(tokens, options));
    }
    boolean analyze = tokens.word(at, "analyze") || tokens.word(at, "analyse");
    at += analyze ? 1 : 0;
    at += tokens.word(at, "verbose") ? 1 : 0;
    return new ExplainCommand(new TokenRange(at, whole.to()), analyze, true);
  }

  private static boolean isOn(SqlTokens tokens, TokenRange options, String name) {
    for (int i = options.from(); i < options.to(); i++) {
      if (tokens.word(i, name)) {
        boolean off = tokens.word(i + 1, "off") || tokens.word(i + 1, "false");
        return !off && !tokens.slice(i + 1).equals("0");
      }
    }
    return false;
  }

  private static boolean isText(SqlTokens tokens, TokenRange options) {
    for (int i = options.from(); i < options.to(); i++) {
      if (tokens.word(i, "format")) {
        return tokens.word(i + 1, "text");
      }
    }
    return true;
  }

  /** What becomes of the command, when that has been decided about the statement. */
  Decision of(Decision decided, SqlTokens tokens, List<FunctionCall> found)
      throws PgErrorException {
    return switch (decided) {
      case Decision.Refuse refuse -> refuse;
      case Decision.Pass pass ->
          text
              ? new Decision.Rewrite(
                  tokens.text(), new PlanLines(lines(Way.DATABASE, tokens, found), null))
              : pass;
      case Decision.Rewrite rewrite -> {
        Way way = rewrite.rows() instanceof PredictRewrite rows ? rows.way() : Way.STREAMED;
        List<String> lines = text ? lines(way, tokens, found) : List.of();
        yield new Decision.Rewrite(rewrite.sql(), new PlanLines(lines, rewrite.rows()));
      }
      case Decision.Answer answer -> answered(answer, tokens, found);
    };
  }

  private Decision answered(Decision.Answer answer, SqlTokens tokens, List<FunctionCall> found)
      throws PgErrorException {
    for (FunctionCall call : found) {
      PgmlFunction function = PgmlFunction.named(call.function());
      if (function == null || !function.inDatabase()) {
        throw Refusals.place(call, "EXPLAIN").toException();
      }
    }
    if (!text) {
      throw Refusals.planFormat().toException();
    }
    return new Decision.Answer(
        new ExplainAnswer(lines(Way.ANSWERED, tokens, found), analyze, answer.statement()));
  }

  private static List<String> lines(Way way, SqlTokens tokens, List<FunctionCall> found) {
    return found.stream().map(call -> line(way, tokens, call)).toList();
  }

  private static String line(Way way, SqlTokens tokens, FunctionCall call) {
    String first =
        call.arguments().isEmpty()
            ? ""
            : tokens.slice(
                call.arguments().get(0).value().from(), call.arguments().get(0).value().to());
    return "Prediction: pgml.%s(%s, …) %s".formatted(call.function(), first, way.text());
  }
}
