package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.wire.PgErrorException;

/** The first rows in the order of a prediction. */
class TopRowsTest {
  private static final long ENOUGH = 1 << 20;

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void are_those_that_sorting_all_gives(boolean descending, boolean nullsFirst)
      throws PgErrorException {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      List<Float> all = new ArrayList<>();
      int capacity = random.nextInt(40);
      TopRows rows = new TopRows(new TopOrder(descending, nullsFirst), capacity, ENOUGH);
      for (int i = 0; i < 200; i++) {
        Float value = value(random);
        all.add(value);
        if (rows.admits(value == null, value == null ? 0 : value)) {
          rows.add(value == null, value == null ? 0 : value, text(value + ";"));
        }
      }
      rows.sort(0);
      ByteBuf out = Unpooled.buffer();
      rows.write(Integer.MAX_VALUE, out);

      Comparator<Float> numbers =
          descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
      all.sort(nullsFirst ? Comparator.nullsFirst(numbers) : Comparator.nullsLast(numbers));
      StringBuilder expected = new StringBuilder();
      all.subList(0, capacity).forEach(each -> expected.append(each).append(';'));
      assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo(expected.toString());
    }
  }

  private static @Nullable Float value(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> Float.NaN;
      case 2 -> Float.NEGATIVE_INFINITY;
      case 3 -> Float.POSITIVE_INFINITY;
      default -> (float) random.nextInt(-20, 20);
    };
  }

  @Test
  void equal_rows_stay_in_the_order_of_their_coming() throws PgErrorException {
    TopRows rows = new TopRows(new TopOrder(true, true), 3, ENOUGH);
    for (String each : List.of("a", "b", "c", "d")) {
      if (rows.admits(false, each.equals("a") ? -0f : 0f)) {
        rows.add(false, 0, text(each));
      }
    }
    rows.sort(1);
    ByteBuf out = Unpooled.buffer();

    assertThat(rows.left()).isEqualTo(2);
    assertThat(rows.write(1, out)).isEqualTo(1);
    assertThat(rows.write(9, out)).isEqualTo(1);
    assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("bc");
  }

  @Test
  void take_no_more_memory_than_allowed() throws PgErrorException {
    TopRows rows = new TopRows(new TopOrder(false, false), 100, 138);
    rows.add(false, 1, text("123456"));

    assertThatThrownBy(() -> rows.add(false, 2, text("12345")))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void short_rows_count_with_what_keeping_them_takes() throws PgErrorException {
    TopRows rows = new TopRows(new TopOrder(false, false), 100, 650);
    for (int i = 0; i < 10; i++) {
      rows.add(false, i, text("1"));
    }

    assertThatThrownBy(() -> rows.add(false, 10, text("1"))).isInstanceOf(PgErrorException.class);
  }

  @Test
  void a_row_that_goes_gives_back_all_that_it_took() throws PgErrorException {
    TopRows rows = new TopRows(new TopOrder(false, false), 2, 195);
    for (int i = 20; i > 0; i--) {
      rows.add(false, i, text("1"));
    }
    rows.sort(0);

    assertThat(rows.left()).isEqualTo(2);
  }

  /** A parameter may ask for any number; sorting is done on the event loop. */
  @Test
  void are_no_more_than_literals_may_ask_for() throws PgErrorException {
    TopRows rows = new TopRows(new TopOrder(false, false), Integer.MAX_VALUE, Long.MAX_VALUE);
    ByteBuf row = text("1");
    for (int i = 0; i < TopClause.MAX_ROWS; i++) {
      rows.add(false, i, row);
    }

    assertThatThrownBy(() -> rows.add(false, 0, row))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("100000");
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.UTF_8);
  }
}
