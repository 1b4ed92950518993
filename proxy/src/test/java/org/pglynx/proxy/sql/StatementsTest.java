package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementsTest {
  @Test
  void splits_at_semicolons_that_separate_statements() {
    assertThat(split("select ';' ; ; -- ;\n update t set a = $$;$$;"))
        .containsExactly("select ';'", "update t set a = $$;$$");
    assertThat(split("create rule r as on insert to t do (select 1; select 2); select 3"))
        .containsExactly("create rule r as on insert to t do (select 1; select 2)", "select 3");
    assertThat(
            split(
                "create function f() returns int begin atomic select case when a then 1 end;"
                    + " select 2; end; select 3"))
        .hasSize(2)
        .last()
        .isEqualTo("select 3");
    assertThat(split(" /* nothing */ ")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/* x */ Select 1, SELECT",
    "((select 1)), SELECT",
    "with a as (select 1) select 2, WITH",
    "start transaction, BEGIN",
    "END, COMMIT",
    "abort, ROLLBACK",
    "listen x, OTHER",
    "-- only this, EMPTY"
  })
  void knows_a_statement_by_its_first_word(String sql, StatementKind kind) {
    SqlTokens tokens = SqlTokens.of(sql);
    assertThat(StatementKind.of(tokens, new TokenRange(0, tokens.size()))).isEqualTo(kind);
  }

  private static List<String> split(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    return Statements.split(tokens).stream().map(s -> tokens.slice(s.from(), s.to())).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", ";(];", "a(b;]c;", "begin atomic (", ")"})
  @Timeout(10)
  void brackets_that_do_not_pair_have_an_end(String text) {
    assertThat(Statements.split(SqlTokens.of(text))).hasSizeLessThan(4);
  }
}
