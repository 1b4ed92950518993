package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "LISTEN News | true | news",
        " /* x */ listen a$1_b;; | true | a$1_b",
        "LISTEN \"Odd \"\"name\" | true | Odd \"name",
        "LISTEN \"select\" | true | select",
        "LISTEN \"grün\" | true | grün",
        "UNLISTEN news; | false | news",
        "unlisten * | false |"
      })
  void reads_what_is_certain(String sql, boolean listens, String channel) {
    assertThat(ListenText.of(sql)).isEqualTo(new ListenText(listens, channel));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "LISTEN",
        "LISTEN *",
        "LISTEN select",
        "LISTEN authorization",
        "LISTEN grün",
        "LISTEN a.b",
        "LISTEN a; LISTEN b",
        "LISTEN 'a'",
        "LISTEN \"\"",
        "LISTEN U&\"a\"",
        "LISTEN \"open",
        "UNLISTEN",
        "UNLISTEN **",
        "UNLISTEN a b",
        "\"LISTEN\" a",
        "SELECT 1",
        "LISTEN a1234567890123456789012345678901234567890123456789012345678901234"
      })
  void leaves_the_rest_to_the_server(String sql) {
    assertThat(ListenText.of(sql)).isNull();
  }
}
