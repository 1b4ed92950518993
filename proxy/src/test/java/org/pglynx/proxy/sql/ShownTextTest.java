package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      value = {
        "SELECT 1 ¦ SELECT ?",
        "SELECT 'a', E'b\\'c', $$d$$, $x$ ' $x$, B'01', 1.5e3 ¦ SELECT ?, …",
        "SELECT a.b , 'x'||c FROM \"T 1\" t ¦ SELECT a.b , ?||c FROM \"T 1\" t",
        "ALTER ROLE bob PASSWORD 'secret' ¦ ALTER ROLE bob PASSWORD ?",
        "INSERT INTO t VALUES (1, 'x'), (2, $1) ¦ INSERT INTO t VALUES (?, …), (?, $1)",
        "SELECT x WHERE a IN (1,2,3) AND b = -4 ¦ SELECT x WHERE a IN (?, …) AND b = -?",
        "SELECT /* secret */ 1 -- secret ¦ SELECT ?",
        "SELECT 'a' ::text ¦ SELECT ? ::text",
        "SELECT 'it''s' ¦ SELECT ?",
        "SELECT 'open ¦ SELECT …",
        "SELECT $q$ open ¦ SELECT …",
        "SELECT \"open ¦ SELECT …",
        "SELECT /* open ¦ SELECT …",
        "SELECT 'a\\' secret 'b' ¦ SELECT ?…",
        "SELECT N'a\\' secret 'b' ¦ SELECT ?…",
        "SELECT 'tab\\t', secret ¦ SELECT ?…",
      })
  void values_are_question_marks(String sql, String shown) {
    assertThat(ShownText.of(sql)).isEqualTo(shown.strip());
  }

  @Test
  void lines_and_blanks_are_one_blank() {
    assertThat(ShownText.of("  SELECT\n\t x\r\n FROM  \"a\nb\" ;"))
        .isEqualTo("SELECT x FROM \"a b\" ;");
  }

  @Test
  void a_text_that_was_cut_says_so() {
    byte[] text = "SELECT aaa".getBytes(StandardCharsets.UTF_8);

    assertThat(ShownText.of(text, text.length, false)).isEqualTo("SELECT aaa…");
    assertThat(ShownText.of(text, text.length, true)).isEqualTo("SELECT aaa");
  }

  @Test
  void wherever_a_text_is_cut_no_value_shows() {
    String sql =
        "CREATE ROLE \"röle\" PASSWORD 'SECRET''SECRET' VALID UNTIL E'SEC\\'RET' /* SECRET */ IN ROLE"
            + " $SECRET$ x SECRET $SECRET$, U&'SECRET' -- SECRET";
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);

    for (int length = 0; length <= bytes.length; length++) {
      assertThat(ShownText.of(bytes, length, false)).doesNotContain("SEC");
    }
  }

  @Test
  void whatever_bytes_come_it_reads_them() {
    Random random = new Random(7);
    byte[] alphabet = "'\"$\\eEU&uNbx/*- \n;a1,()é".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] text = new byte[random.nextInt(24)];
      for (int j = 0; j < text.length; j++) {
        text[j] = alphabet[random.nextInt(alphabet.length)];
      }
      String shown = ShownText.of(text, text.length, random.nextBoolean());
      assertThat(shown.chars().filter(Character::isISOControl).count()).isZero();
    }
  }
}
