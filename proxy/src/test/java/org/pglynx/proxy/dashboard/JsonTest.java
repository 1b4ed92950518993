package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "16   | t                     | true",
        "23   | -7                    | -7",
        "20   | 9007199254740992      | 9007199254740992",
        "20   | 9223372036854775807   | \"9223372036854775807\"",
        "701  | 0.1                   | 0.1",
        "701  | NaN                   | \"NaN\"",
        "700  | -Infinity             | \"-Infinity\"",
        "1700 | 12345678901234567.25  | 12345678901234567.25",
        "3802 | {\"a\": [1, null]}    | {\"a\":[1,null]}",
        "1021 | {1.5,NULL,NaN}        | [1.5,null,\"NaN\"]",
        "1022 | {}                    | []",
        "1022 | {{1,2},{3,4}}         | \"{{1,2},{3,4}}\"",
        "1009 | {a,\"b,\\\"c\",NULL,\"NULL\",\"\"} | [\"a\",\"b,\\\"c\",null,\"NULL\",\"\"]",
        "25   | 42                    | \"42\""
      })
  void values_become_what_json_has_for_them(int type, String text, String json) {
    assertThat(Json.value(type, text).toString()).isEqualTo(json);
  }
}
