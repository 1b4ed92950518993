package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Unit: the format of psql. */
class ResultTableTest {
  @Test
  void textsStandLeftAndNumbersRight() {
    ResultTable table =
        new ResultTable(
            List.of("table_name", "rows"),
            List.of(false, true),
            List.of(List.of("pgml.diabetes", "442"), List.of("x", "")));

    assertThat(table.format().lines())
        .containsExactly(
            "  table_name   | rows",
            "---------------+------",
            " pgml.diabetes |  442",
            " x             |",
            "(2 rows)");
  }

  @Test
  void oneRowIsCountedInTheSingular() {
    ResultTable table =
        new ResultTable(List.of("predict"), List.of(true), List.of(List.of("162.1")));

    assertThat(table.format().lines())
        .containsExactly(" predict", "---------", "   162.1", "(1 row)");
  }

  @Test
  void anEmptyResultShowsItsColumns() {
    ResultTable table = new ResultTable(List.of("a", "b"), List.of(true, true), List.of());

    assertThat(table.format().lines()).containsExactly(" a | b", "---+---", "(0 rows)");
  }
}
