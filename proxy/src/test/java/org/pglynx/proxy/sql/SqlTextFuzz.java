package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pglynx.proxy.wire.Choices;

/**
 * Fuzz target: texts made of what SQL is made of, and of any bytes.
 *
 * <p>Holds: nothing is thrown; tokens cover the text in its order; a statement lies within its
 * text; a call is only found where the marker stands, outside of all that the lexer takes for a
 * string.
 */
public final class SqlTextFuzz {
  /** What Postgres' scanner has rules for. */
  public static final List<String> PIECES =
      List.of(
          "select ",
          "pgml.predict(",
          "pgml.",
          "\"pgml\".\"train\"(",
          ")",
          "(",
          "1",
          ".5e+1",
          "0x1F",
          "'",
          "''",
          "\\",
          "E'",
          "e'\\'",
          "b'",
          "X'1'",
          "N'",
          "U&'",
          "U&\"",
          "\"",
          "\"\"",
          "$$",
          "$a$",
          "$a",
          "$1",
          "$",
          "--",
          "\n",
          "/*",
          "*/",
          "/",
          "*",
          "-",
          "+",
          "@",
          "::",
          ":=",
          ":",
          "=>",
          "=",
          "<>",
          ".",
          "..",
          ",",
          ";",
          " ",
          "\t",
          "\u000b",
          "\f",
          "\r",
          "\u00a0",
          "\u00e9",
          "a",
          "_b",
          "case ",
          "end ",
          "begin ",
          "atomic ",
          "as ",
          "from ",
          "t",
          "into ",
          "set ",
          "local ",
          "set_config(",
          "listen ",
          "create temp table ",
          "discard all",
          "prepare ",
          "deallocate ",
          "with ",
          "uescape ",
          "[",
          "]",
          "?",
          "%",
          "\0",
          "{",
          "#",
          "insert ",
          "values ",
          "order by ",
          "limit ",
          "union ");

  private SqlTextFuzz() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Choices choices = new Choices(input);
    if (choices.flag()) {
      check(new String(choices.rest(), StandardCharsets.UTF_8));
    } else {
      check(text(choices));
    }
  }

  /** A text of pieces. */
  public static String text(Choices choices) {
    StringBuilder text = new StringBuilder();
    while (choices.more()) {
      text.append(choices.of(PIECES));
    }
    return text.toString();
  }

  private static void check(String text) {
    SqlTokens tokens = SqlTokens.of(text);
    int end = 0;
    for (int i = 0; i < tokens.size(); i++) {
      assertThat(tokens.start(i)).isGreaterThanOrEqualTo(end);
      assertThat(tokens.end(i)).isGreaterThan(tokens.start(i)).isLessThanOrEqualTo(text.length());
      end = tokens.end(i);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    effects(text, bytes);
    List<TokenRange> statements = Statements.split(tokens);
    if (tokens.broken()) {
      return;
    }
    for (TokenRange statement : statements) {
      assertThat(StatementKind.of(tokens, statement)).isNotNull();
      SelectShape.of(tokens, statement);
      for (FunctionCall call : FunctionCalls.find(tokens, statement, "pgml")) {
        assertThat(call.function()).isNotNull();
        assertThat(
                MarkerScan.found(Unpooled.wrappedBuffer(bytes), 0, bytes.length)
                    || text.contains("&\""))
            .isTrue();
      }
    }
  }

  /** The quick look that saves the long one must not miss what the long one finds. */
  private static void effects(String text, byte[] bytes) {
    EffectScan scan = new EffectScan();
    for (boolean plain : new boolean[] {false, true}) {
      int whole = scan.of(text, plain) & ~SessionEffects.SEVERAL & ~SessionEffects.UNCLEAR;
      for (int i = 0; i < scan.count(); i++) {
        scan.name(i);
      }
      int quick = new EffectScan().of(Unpooled.wrappedBuffer(bytes), 0, bytes.length, plain);
      assertThat(quick & whole).as("effects found at a quick look").isEqualTo(whole);
    }
  }
}
