package org.pglynx.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.WireText;

class ClientEncodingTest {
  @ParameterizedTest
  @CsvSource({
    "UTF8, SQL_ASCII, true",
    "utf-8, UTF8, true",
    "Unicode, LATIN1, true",
    "SQL_ASCII, UTF8, true",
    "SQL_ASCII, LATIN1, false",
    "SQL_ASCII, SQL_ASCII, false",
    "LATIN1, UTF8, false",
    "GB18030, UTF8, false"
  })
  void what_is_converted_by_nobody_is_the_servers(String client, String server, boolean utf8) {
    assertThat(ClientEncoding.of(client, server).utf8()).isEqualTo(utf8);
  }

  @ParameterizedTest
  @CsvSource({"SHIFT_JIS_2004, false", "big5, false", "EUC_JP, true", "LATIN1, true", "UTF8, true"})
  void in_some_encodings_a_byte_of_ascii_is_part_of_a_character(String name, boolean bytewise) {
    assertThat(ClientEncoding.of(name, "UTF8").bytewise()).isEqualTo(bytewise);
  }

  @ParameterizedTest
  @CsvSource({
    "LATIN1, ISO-8859-1, Maß und Größe",
    "LATIN9, ISO-8859-15, 5 €",
    "WIN1252, windows-1252, „Größe“ 5 €",
    "WIN1251, windows-1251, мир",
    "KOI8R, KOI8-R, мир",
    "ISO_8859_7, ISO-8859-7, κόσμος",
    "EUC_JP, EUC-JP, 世界",
    "SJIS, windows-31j, 世界 表",
    "BIG5, Big5, 世界",
    "GBK, GBK, 世界",
    "UHC, x-windows-949, 세계",
    "GB18030, GB18030, 世界 €"
  })
  void errors_are_written_in_the_clients_encoding(String name, String charset, String text) {
    PgError told =
        ClientEncoding.of(name, "UTF8")
            .told(
                PgError.error(SqlState.UNDEFINED_COLUMN, text)
                    .withDetail(text + " 1")
                    .withHint(text + " 2"));

    assertThat(bytes(told.message())).isEqualTo(text.getBytes(Charset.forName(charset)));
    assertThat(bytes(told.detail())).isEqualTo((text + " 1").getBytes(Charset.forName(charset)));
    assertThat(bytes(told.hint())).isEqualTo((text + " 2").getBytes(Charset.forName(charset)));
  }

  @ParameterizedTest
  @CsvSource({"LATIN1, ж = ü, ? = \u00fc", "MULE_INTERNAL, ü, ?", "EUC_JIS_2004, ü, ?"})
  void what_the_encoding_does_not_have_is_a_question_mark(String name, String text, String shown) {
    PgError told =
        ClientEncoding.of(name, "UTF8").told(PgError.error(SqlState.UNDEFINED_COLUMN, text));

    assertThat(new String(bytes(told.message()), java.nio.charset.StandardCharsets.ISO_8859_1))
        .isEqualTo(shown);
  }

  @Test
  void bytes_that_came_in_the_encoding_stay_what_they_are() {
    byte[] latin = {'g', 'r', (byte) 0xfc, 'n'};
    String text = WireText.decode(latin, 0, 4);

    PgError told =
        ClientEncoding.of("LATIN1", "UTF8").told(PgError.error(SqlState.UNDEFINED_TABLE, text));

    assertThat(bytes(told.message())).isEqualTo(latin);
  }

  private static byte[] bytes(@org.jspecify.annotations.Nullable String text) {
    return WireText.encode(java.util.Objects.requireNonNull(text));
  }
}
