package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgErrorException;

class SameNumbersTest {
  /** The sequences of the shards; each has given its number once. */
  private long[] sequences = {};

  private long step = 1;

  private static SqlResult result(long number) {
    List<@Nullable String[]> rows = new ArrayList<>();
    rows.add(new @Nullable String[] {String.valueOf(number)});
    return new SqlResult(List.of("id"), List.of(20), rows, "SELECT 1");
  }

  private long bring(long... given) throws PgErrorException, InterruptedException {
    sequences = given.clone();
    SqlResult leading =
        new SameNumbers(shard -> result(sequences[shard] += step))
            .bring(LongStream.of(given).mapToObj(SameNumbersTest::result).toList());
    return Long.parseLong(String.valueOf(leading.value()));
  }

  @Test
  void the_same_numbers_are_left_alone() throws Exception {
    assertThat(bring(4, 4, 4)).isEqualTo(4);
    assertThat(sequences).containsExactly(4, 4, 4);
  }

  @Test
  void whoever_is_behind_skips_numbers_also_the_first() throws Exception {
    assertThat(bring(4, 9, 6)).isEqualTo(9);
    assertThat(sequences).containsOnly(9);
  }

  @Test
  void one_that_goes_further_takes_the_others_along() throws Exception {
    sequences = new long[] {4, 7};
    SameNumbers numbers = new SameNumbers(shard -> result(sequences[shard] += shard == 0 ? 2 : 1));

    SqlResult leading = numbers.bring(List.of(result(4), result(7)));

    assertThat(leading.value()).isEqualTo("8");
    assertThat(sequences).containsExactly(8, 8);
  }

  @Test
  void a_number_that_stays_is_of_something_else() {
    step = 0;
    assertThatThrownBy(() -> bring(4, 7))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("4, 7");
  }

  @Test
  void what_is_too_far_behind_is_refused() {
    assertThatThrownBy(() -> bring(4, 20_000)).isInstanceOf(PgErrorException.class);
  }
}
