package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.admin.Console.Answer;
import org.pglynx.proxy.wire.PgError;

/** Unit: WHERE, ORDER BY and LIMIT behind a SHOW. */
class SelectionTest {
  private final Console console = new Console(new FakeView());

  private List<String> keys(String clause) {
    Answer answer = console.ask("SHOW LISTS " + clause);
    assertThat(answer.error()).isNull();
    return IntStream.range(0, answer.rows().size())
        .mapToObj(row -> String.valueOf(answer.row(row).get("list")))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WHERE list = 'pools' | pools",
        "WHERE 'pools' = list | !syntax",
        "where items = 0 and list like 'dns\\_n%' | dns_names",
        "WHERE list IN ('users', 'pools') ORDER BY list | pools,users",
        "WHERE list ILIKE 'FREE%' ORDER BY 1 DESC | free_servers,free_clients",
        "WHERE NOT list LIKE '%s' AND items >= 0 | dns_pending",
        "WHERE (list = 'users' OR list = 'peers') AND items <> 99 ORDER BY list LIMIT 1 | peers",
        "WHERE list NOT IN ('a') ORDER BY items DESC, list LIMIT 1 OFFSET 0 | login_bytes",
        "WHERE items > 4000 | login_bytes",
        "WHERE items > -1 AND items < '1' AND list LIKE 'dns_z%' | dns_zones",
        "WHERE list IS NULL | ''",
        "LIMIT 0 | ''",
      })
  void rows_are_chosen(String clause, String keys) {
    if (keys.equals("!syntax")) {
      assertThat(console.ask("SHOW LISTS " + clause).refusal().code()).isEqualTo("42601");
    } else {
      assertThat(String.join(",", keys(clause))).isEqualTo(keys);
    }
  }

  @Test
  void what_is_unknown_is_neither_chosen_nor_excluded_and_comes_last() {
    assertThat(console.ask("SHOW TLS WHERE certificate = '' AND side = 'servers'").rows())
        .isEmpty();
    assertThat(console.ask("SHOW TLS WHERE NOT certificate = '' AND side = 'servers'").rows())
        .isEmpty();
    assertThat(console.ask("SHOW TLS WHERE certificate IS NULL ORDER BY side LIMIT 1").row(0))
        .containsEntry("side", "servers");
    Answer ordered = console.ask("SHOW TLS ORDER BY certificate");
    assertThat(ordered.row(ordered.rows().size() - 1)).containsEntry("certificate", null);
    assertThat(console.ask("SHOW TLS ORDER BY certificate DESC").row(0))
        .containsEntry("certificate", null);
    assertThat(console.ask("SHOW TLS ORDER BY certificate DESC NULLS LAST").row(0))
        .doesNotContainEntry("certificate", null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WHERE name = 'x' | 42703 | column \"name\" does not exist",
        "WHERE list = 5 | 42883 | operator does not exist: text = integer",
        "WHERE items = 'many' | 22P02 | invalid input syntax for type bigint: \"many\"",
        "WHERE items = | 42601 | syntax error at end of input",
        "ORDER BY 3 | 42601 | ORDER BY position 3 is not in select list",
        "LIMIT 1.5 | 42601 | LIMIT needs a whole number, not 1.5",
        "GROUP BY list | 42601 | syntax error at or near \"GROUP\"",
        "WHERE list = 'a' list | 42601 | syntax error at or near \"list\"",
      })
  void what_cannot_be_understood_is_an_error(String clause, String code, String message) {
    PgError error = console.ask("SHOW LISTS " + clause).refusal();

    assertThat(error.code()).isEqualTo(code);
    assertThat(error.message()).isEqualTo(message);
  }
}
