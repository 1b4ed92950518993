package org.pglynx.proxy.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.sql.SelectParser.Opinion;
import org.pglynx.proxy.sql.SelectShape.Clause;

class SelectShapeTest {
  @Test
  void reads_the_select_list_and_the_clauses() {
    SelectShape shape =
        shape("select a, f(b, c) AS \"X\", t.*, * from t where x order by 2, 1 limit 5");

    assertThat(shape.items()).extracting(SelectItem::alias).containsExactly("", "X", "", "");
    assertThat(shape.items())
        .extracting(SelectItem::star)
        .containsExactly(false, false, true, true);
    assertThat(shape.has(Clause.FROM)).isTrue();
    assertThat(shape.has(Clause.WHERE)).isTrue();
    assertThat(requireNonNull(shape.clause(Clause.ORDER)).size()).isEqualTo(4);
    assertThat(shape.has(Clause.LIMIT)).isTrue();
    assertThat(shape.has(Clause.GROUP)).isFalse();
  }

  @Test
  void is_not_misled_by_key_words_that_open_no_clause() {
    SelectShape shape =
        shape(
            "select a is distinct from b, extract(year from c) as from, t.order,"
                + " percentile_cont(0.5) within group (order by d) as limit from t");

    assertThat(shape.items()).hasSize(4);
    assertThat(shape.has(Clause.ORDER)).isFalse();
    assertThat(shape.has(Clause.GROUP)).isFalse();
    assertThat(shape.distinct()).isFalse();
  }

  @Test
  void looks_behind_common_tables() {
    SelectShape shape = shape("with x(a) as (select 1 from y), z as (table w) select b from x");

    assertThat(shape.items()).hasSize(1);
    assertThat(shape.has(Clause.FROM)).isTrue();
  }

  @Test
  void knows_distinct_and_set_operations() {
    assertThat(shape("select distinct a from t").distinct()).isTrue();
    assertThat(shape("select a from t union all select b from u").has(Clause.SET_OPERATION))
        .isTrue();
    assertThat(shape("select a into b from t").has(Clause.INTO)).isTrue();
  }

  @Test
  void has_no_shape_for_other_statements() {
    SqlTokens insert = SqlTokens.of("insert into t select 1");
    SqlTokens with = SqlTokens.of("with x as (select 1) insert into t values (1)");

    assertThat(SelectShape.of(insert, new TokenRange(0, insert.size()))).isNull();
    assertThat(SelectShape.of(with, new TokenRange(0, with.size()))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select target, pgml.predict('p', ARRAY[age,sex]) from pgml.diabetes limit 5",
        "select a, pgml.predict('p', ARRAY[a,b]::real[]) as y from t where c = $1 order by a",
        "with x as (select 1 as a) select pgml.predict('p', ARRAY[a]) from x"
      })
  void agrees_with_the_parser(String sql) {
    assertThat(SelectParser.check(sql, shape(sql))).isEqualTo(Opinion.AGREES);
  }

  @Test
  void the_parser_has_no_opinion_on_syntax_it_does_not_know() {
    String sql = "select pgml.predict('p', ARRAY[a]) from t where b operator(pg_catalog.=) 1";

    assertThat(SelectParser.check(sql, shape(sql))).isEqualTo(Opinion.NONE);
  }

  @Test
  void the_parser_disagrees_with_a_wrong_shape() {
    assertThat(SelectParser.check("select a, b from t", shape("select a from t")))
        .isEqualTo(Opinion.DISAGREES);
  }

  private static SelectShape shape(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    return requireNonNull(SelectShape.of(tokens, new TokenRange(0, tokens.size())));
  }
}
