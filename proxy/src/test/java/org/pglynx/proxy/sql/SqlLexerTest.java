package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlLexerTest {
  @Test
  void cuts_a_plain_statement() {
    assertThat(lexed("SELECT a.b, $1::real[] FROM \"T x\" WHERE c<=-1;"))
        .containsExactly(
            "WORD SELECT",
            "WORD a",
            "DOT .",
            "WORD b",
            "COMMA ,",
            "PARAMETER $1",
            "CAST ::",
            "WORD real",
            "LEFT_BRACKET [",
            "RIGHT_BRACKET ]",
            "WORD FROM",
            "QUOTED_IDENTIFIER \"T x\"",
            "WORD WHERE",
            "WORD c",
            "OPERATOR <=",
            "OPERATOR -",
            "NUMBER 1",
            "SEMICOLON ;");
  }

  @Test
  void keeps_quotes_inside_strings() {
    assertThat(lexed("'it''s' 'a\\' E'b\\'c' n'x' U&'d\\0061t'"))
        .containsExactly(
            "STRING 'it''s'",
            "STRING 'a\\'",
            "STRING E'b\\'c'",
            "STRING n'x'",
            "STRING U&'d\\0061t'");
  }

  @Test
  void joins_strings_that_continue_on_another_line() {
    assertThat(lexed("'a'\n  'b' 'c'")).containsExactly("STRING 'a'\n  'b'", "STRING 'c'");
  }

  @Test
  void joins_strings_that_continue_behind_comments_to_the_end_of_the_line() {
    assertThat(lexed("E'a\\'' -- it's\n--\n 'b\\'' -- x"))
        .containsExactly("STRING E'a\\'' -- it's\n--\n 'b\\''");
    assertThat(lexed("'a' --\r'b'\n/* no */ 'c' -- 'd'"))
        .containsExactly("STRING 'a' --\r'b'", "STRING 'c'");
    assertThat(Literals.string("E'a\\'' -- it's\n--\n 'b\\''")).isEqualTo("a'b'");
  }

  @Test
  void reads_dollar_quotes_by_their_tag() {
    assertThat(lexed("$$a'b$$ $x$ $$ $y$ $x$ $1$ a$b$c"))
        .startsWith("DOLLAR_STRING $$a'b$$", "DOLLAR_STRING $x$ $$ $y$ $x$", "PARAMETER $1");
    assertThat(lexed("a$b$c")).containsExactly("WORD a$b$c");
  }

  @Test
  void skips_nested_comments_and_line_comments() {
    assertThat(lexed("a /* x /* 'y */ \" */ b -- 'c\n+--d\n/**/c"))
        .containsExactly("WORD a", "WORD b", "OPERATOR +", "WORD c");
  }

  @Test
  void reads_numbers_of_all_kinds() {
    assertThat(lexed("1 1.5 .5 1e3 1.5E-3 1_000 0x1F 0b10 0o17 1..2 2.e"))
        .containsExactly(
            "NUMBER 1",
            "NUMBER 1.5",
            "NUMBER .5",
            "NUMBER 1e3",
            "NUMBER 1.5E-3",
            "NUMBER 1_000",
            "NUMBER 0x1F",
            "NUMBER 0b10",
            "NUMBER 0o17",
            "NUMBER 1",
            "DOT ..",
            "NUMBER 2",
            "NUMBER 2.",
            "WORD e");
  }

  @Test
  void ends_operators_where_the_server_does() {
    assertThat(lexed("a=-1 b<->c @-d x=>-1 y:=2 *"))
        .containsExactly(
            "WORD a",
            "OPERATOR =",
            "OPERATOR -",
            "NUMBER 1",
            "WORD b",
            "OPERATOR <->",
            "WORD c",
            "OPERATOR @-",
            "WORD d",
            "WORD x",
            "ARROW =>",
            "OPERATOR -",
            "NUMBER 1",
            "WORD y",
            "ARROW :=",
            "NUMBER 2",
            "OPERATOR *");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'a", "\"a", "$x$ a $y$", "/* /* */", "E'a\\'", "(a]", "(a", "a)", "$", "a \0 b"})
  void calls_broken_what_the_server_must_refuse(String sql) {
    assertThat(SqlTokens.of(sql).broken()).isTrue();
  }

  @Test
  void decodes_literals_and_names() {
    assertThat(Literals.string("'it''s'\n'!'")).isEqualTo("it's!");
    assertThat(Literals.string("E'a\\'\\n\\x41\\101\\u00e4\\\\'")).isEqualTo("a'\nAAä\\");
    assertThat(Literals.string("U&'d\\0061t\\+01F600'")).isEqualTo("dat😀");
    assertThat(Literals.string("$x$a'b$x$")).isEqualTo("a'b");
    assertThat(Literals.identifier("PgML")).isEqualTo("pgml");
    assertThat(Literals.identifier("\"a\"\"B\"")).isEqualTo("a\"B");
    assertThat(Literals.identifier("U&\"\\0070gml\"")).isEqualTo("pgml");
  }

  private static List<String> lexed(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    List<String> tokens = new ArrayList<>();
    while (lexer.next()) {
      tokens.add(lexer.kind() + " " + sql.substring(lexer.start(), lexer.end()));
    }
    return tokens;
  }
}
