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
 * @param format what the plan is written in; null if it is none that is known
 * @param formatName as it is given
 */
record ExplainCommand(
    TokenRange statement, boolean analyze, @Nullable PlanFormat format, String formatName) {
  /** The command, or null if the statement is another one. */
  static @Nullable ExplainCommand of(SqlTokens tokens, TokenRange whole) {
    if (!tokens.word(whole.from(), "explain")) {
      return null;
    }
    int at = whole.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(at);
      TokenRange options = new TokenRange(at + 1, close);
      String format = format(tokens, options);
      return new ExplainCommand(
          new TokenRange(close + 1, whole.to()),
          isOn(tokens, options, "analyze"),
          PlanFormat.named(format),
          format);
    }
    boolean analyze = tokens.word(at, "analyze") || tokens.word(at, "analyse");
    at += analyze ? 1 : 0;
    at += tokens.word(at, "verbose") ? 1 : 0;
    return new ExplainCommand(
        new TokenRange(at, whole.to()), analyze, PlanFormat.TEXT, PlanFormat.TEXT.name());
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

  /** The last one given, as a word or as a string. */
  private static String format(SqlTokens tokens, TokenRange options) {
    String format = "text";
    for (int i = options.from(); i + 1 < options.to(); i++) {
      if (tokens.word(i, "format")) {
        String given = tokens.slice(i + 1);
        format =
            tokens.name(i + 1) ? tokens.identifier(i + 1) : given.substring(1, given.length() - 1);
      }
    }
    return format;
  }

  /** What becomes of the command, when that has been decided about the statement. */
  Decision of(Decision decided, SqlTokens tokens, List<FunctionCall> found)
      throws PgErrorException {
    return switch (decided) {
      case Decision.Refuse refuse -> refuse;
      case Decision.Pass pass ->
          format == null
              ? pass
              : new Decision.Rewrite(
                  tokens.text(), new PlanLines(format, lines(Way.DATABASE, tokens, found), null));
      case Decision.Rewrite rewrite -> {
        Way way = rewrite.rows() instanceof PredictRewrite rows ? rows.way() : Way.STREAMED;
        List<String> lines = format == null ? List.of() : lines(way, tokens, found);
        PlanFormat written = format == null ? PlanFormat.TEXT : format;
        yield new Decision.Rewrite(rewrite.sql(), new PlanLines(written, lines, rewrite.rows()));
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
    if (format == null) {
      throw Refusals.planFormat(formatName).toException();
    }
    return new Decision.Answer(
        new ExplainAnswer(format, lines(Way.ANSWERED, tokens, found), analyze, answer.statement()));
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
