package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionCallsTest {
  @Test
  void finds_calls_however_they_are_written() {
    assertThat(calls("SELECT PGML.Predict('a', b), \"pgml\" /* , */ . \n \"predict\" ('c')"))
        .containsExactly("predict('a'|b)", "predict('c')");
  }

  @Test
  void tells_the_arguments_and_their_names() {
    assertThat(calls("select pgml.train('a, b', task => f(1, 2), y := ARRAY[1,2])"))
        .containsExactly("train('a, b'|task=f(1, 2)|y=ARRAY[1,2])");
  }

  @Test
  void finds_calls_inside_calls() {
    assertThat(calls("select pgml.a(pgml.b(1), 2)")).containsExactly("a(pgml.b(1)|2)", "b(1)");
  }

  @Test
  void finds_calls_in_every_kind_of_statement() {
    assertThat(calls("explain select pgml.a()")).hasSize(1);
    assertThat(calls("create table x as select pgml.a()")).hasSize(1);
    assertThat(calls("copy (select pgml.a()) to stdout")).hasSize(1);
    assertThat(calls("insert into pgml.t (a) select pgml.a()")).containsExactly("a()");
    assertThat(calls("create view v as select 1 from a join b on pgml.a(x)")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from pgml.models",
        "select 'pgml.predict(1)'",
        "select \"pgml.predict(1)\"",
        "select 1 -- pgml.predict(1)",
        "select 1 /* /* */ pgml.predict(1) */",
        "select $$pgml.predict(1)$$, $q$pgml.predict('a')$q$",
        "select E'\\'pgml.predict(1)'",
        "insert into pgml.diabetes (target) values (1)",
        "create table pgml.t (a int references pgml.u (b))",
        "create table if not exists pgml.t (a int)",
        "create index on pgml.t (a)",
        "create function pgml.f(int) returns int language sql as $$select 1$$",
        "grant execute on function pgml.f(int) to x",
        "copy pgml.t (a) from stdin",
        "select other.pgml.f(1)",
        "select pgml.a.b(1)"
      })
  void takes_nothing_else_for_a_call(String sql) {
    assertThat(calls(sql)).isEmpty();
  }

  private static List<String> calls(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    return FunctionCalls.find(tokens, new TokenRange(0, tokens.size()), "pgml").stream()
        .map(call -> show(tokens, call))
        .toList();
  }

  private static String show(SqlTokens tokens, FunctionCall call) {
    List<String> arguments =
        call.arguments().stream()
            .map(a ->
                (a.named() ? a.name() + "=" : "") + tokens.slice(a.value().from(), a.value().to()))
            .toList();
    return call.function() + "(" + String.join("|", arguments) + ")";
  }
}
