package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

class CursorMoveTest {
  private static @Nullable CursorMove of(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    return CursorMove.of(tokens, new TokenRange(0, tokens.size()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FETCH c                   | FETCH | c   | 1
          FETCH NEXT FROM c         | FETCH | c   | 1
          FETCH FORWARD c           | FETCH | c   | 1
          FETCH 12 c                | FETCH | c   | 12
          fetch forward 12 in "C d" | FETCH | C d | 12
          MOVE ALL IN c             | MOVE  | c   | 9223372036854775807
          MOVE FORWARD ALL FROM c   | MOVE  | c   | 9223372036854775807
          FETCH PRIOR FROM c        | FETCH | c   | -1
          FETCH -1 FROM c           | FETCH | c   | -1
          FETCH 0 FROM c            | FETCH | c   | -1
          FETCH ABSOLUTE 3 FROM c   | FETCH | c   | -1
          FETCH BACKWARD ALL FROM c | FETCH | c   | -1
          CLOSE c                   | CLOSE | c   | 0
          """)
  void a_move_says_how_far_it_goes(String sql, String verb, String name, long rows) {
    assertThat(of(sql)).isEqualTo(new CursorMove(verb, name, rows));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CLOSE ALL", "FETCH", "FETCH 3 FROM 'c'"})
  void what_names_no_cursor_is_none(String sql) {
    assertThat(of(sql)).isNull();
  }

  @Test
  void a_cursor_may_be_called_as_a_direction_is() {
    assertThat(of("FETCH 3 FROM \"all\"")).isEqualTo(new CursorMove("FETCH", "all", 3));
  }
}
