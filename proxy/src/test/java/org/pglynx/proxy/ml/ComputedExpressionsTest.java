package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

class ComputedExpressionsTest {
  private final List<@Nullable Object> sent = new ArrayList<>();

  private static ComputedExpressions of(String sql, int... declared) throws PgErrorException {
    SqlTokens tokens = SqlTokens.of(sql);
    return ComputedExpressions.of(
        tokens, List.of(new TokenRange(0, tokens.size())), new ParameterTypes(declared));
  }

  private final class Server implements SqlSession {
    private final int count;
    private final int rows;

    Server(int count, int rows) {
      this.count = count;
      this.rows = rows;
    }

    @Override
    public SqlResult query(String sql, @Nullable Object... parameters) {
      sent.addAll(Arrays.asList(parameters));
      List<@Nullable String[]> answer = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        answer.add(new String[] {"7", "integer", "7"});
      }
      return new SqlResult(List.of(), List.of(), answer, "SELECT " + rows);
    }

    @Override
    public int servers() {
      return count;
    }

    @Override
    public String copyOut(String sql, CopySink sink) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String copyIn(String sql, CopySource source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean callersTransaction() {
      return false;
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  private static Arguments binary(byte[]... values) {
    return new Arguments(values, new short[] {Formats.BINARY}, Formats.ALL_TEXT);
  }

  @Test
  void parameters_are_sent_as_text_under_numbers_of_their_own() throws Exception {
    ComputedExpressions expressions = of("$3 + $2::int + $3", 0, 0, Oid.INT4);
    byte[] unused = {};

    List<ComputedValue> values =
        expressions.compute(
            new Server(1, 1), binary(unused, new byte[] {0, 0, 0, 5}, new byte[] {0, 0, 0, 6}));

    assertThat(expressions.sql()).contains("($1 + $2::int + $1)");
    assertThat(sent).containsExactly("6", "5");
    assertThat(values).containsExactly(new ComputedValue("7", "integer", "7"));
  }

  @Test
  void one_shards_answer_is_not_that_of_all() {
    assertThatThrownBy(() -> of("(SELECT count(*) FROM t)").compute(new Server(2, 1), binary()))
        .hasMessageContaining("several shards");
    assertThat(sent).isEmpty();
  }

  @Test
  void several_rows_are_no_value() {
    assertThatThrownBy(() -> of("generate_series(1, 2)").compute(new Server(1, 2), binary()))
        .hasMessageContaining("must be one value");
  }

  @Test
  void a_parameter_without_a_type_and_a_binary_time_are_refused() {
    assertThatThrownBy(() -> of("lower($1)")).hasMessageContaining("data type of parameter $1");
    assertThatThrownBy(
            () -> of("f($1)", Oid.TIMESTAMP).compute(new Server(1, 1), binary(new byte[8])))
        .hasMessageContaining("must be bound as text");
  }
}
