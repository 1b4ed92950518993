package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of prepared statements in texts of SQL. */
class PreparedTextTest {
  @Test
  void a_prepare_has_its_body_and_types() {
    PreparedText.Prepare text =
        prepare(" prepare \"A b\" (text, double precision) AS SELECT f($1, $2, 'it''s $1'); ");

    assertThat(text.name()).isEqualTo("A b");
    assertThat(text.types()).containsExactly("text", "double precision");
    assertThat(text.body()).isEqualTo("SELECT f($1, $2, 'it''s $1')");
    assertThat(text.parameters()).isEqualTo(2);
  }

  @Test
  void arguments_stand_where_the_parameters_did() {
    PreparedText.Prepare text = prepare("PREPARE p(text, unknown) AS SELECT f($2, $1, $3, '$1')");

    assertThat(text.with(List.of("'a'", "1 + 1", "NULL")))
        .isEqualTo("SELECT f((1 + 1), ('a')::text, (NULL), '$1')");
  }

  @Test
  void an_execute_has_its_arguments_as_they_are_written() {
    assertThat(PreparedText.of("EXECUTE P ( 'a,b', f(1, 2) , -3 )"))
        .isEqualTo(new PreparedText.Execute("p", List.of("'a,b'", "f(1, 2)", "-3")));
    assertThat(PreparedText.of("execute p")).isEqualTo(new PreparedText.Execute("p", List.of()));
  }

  @Test
  void a_deallocate_names_one_or_all() {
    assertThat(PreparedText.of("DEALLOCATE PREPARE p")).isEqualTo(new PreparedText.Deallocate("p"));
    assertThat(PreparedText.of("DEALLOCATE p;")).isEqualTo(new PreparedText.Deallocate("p"));
    assertThat(PreparedText.of("deallocate prepare all"))
        .isEqualTo(new PreparedText.DeallocateAll());
    assertThat(PreparedText.of("DEALLOCATE \"all\"")).isEqualTo(new PreparedText.Deallocate("all"));
    assertThat(PreparedText.of("DISCARD ALL")).isEqualTo(new PreparedText.DiscardAll());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PREPARE TRANSACTION 'x'",
        "PREPARE p",
        "PREPARE p AS",
        "PREPARE p AS SELECT 1; SELECT 2",
        "EXECUTE p(1) x",
        "EXECUTE",
        "DEALLOCATE",
        "DISCARD PLANS",
        "EXPLAIN EXECUTE p",
        "EXECUTE p('",
        ""
      })
  void anything_else_is_none(String sql) {
    assertThat(PreparedText.of(sql)).isNull();
  }

  @Test
  void a_name_that_the_server_would_cut_is_none() {
    assertThat(PreparedText.of("EXECUTE " + "a".repeat(64))).isNull();
  }

  private static PreparedText.Prepare prepare(String sql) {
    return (PreparedText.Prepare) Objects.requireNonNull(PreparedText.of(sql));
  }
}
