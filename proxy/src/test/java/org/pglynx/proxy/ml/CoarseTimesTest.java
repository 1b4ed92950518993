package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;

class CoarseTimesTest {
  private static final double NOW = 1_780_000_000;
  private static final double HOUR = 3600;
  private static final double YEAR = 365 * 24 * HOUR;

  @Test
  void times_of_one_day_lose_most_of_their_difference_and_the_client_is_told() {
    assertThat(warnings(CellKind.TIMESTAMP, NOW, NOW + 24 * HOUR))
        .containsExactly(
            "column \"at\" is learnt in steps of 128 seconds: features are real numbers. Subtract a"
                + " time of its own in a view, or extract what matters");
  }

  @Test
  void times_of_many_years_and_of_a_clock_near_zero_are_fine_enough() {
    assertThat(warnings(CellKind.TIMESTAMP, NOW - 3 * YEAR, NOW)).isEmpty();
    assertThat(warnings(CellKind.TIMESTAMP, 0, HOUR)).isEmpty();
    assertThat(warnings(CellKind.TIMESTAMP, Double.NaN, Double.NaN)).isEmpty();
  }

  @Test
  void dates_and_numbers_are_what_they_are() {
    assertThat(warnings(CellKind.DATE, NOW, NOW + 24 * HOUR)).isEmpty();
    assertThat(warnings(CellKind.INT8, NOW, NOW + 24 * HOUR)).isEmpty();
  }

  private static List<String> warnings(CellKind kind, double... seconds) {
    List<TrainingColumn> columns =
        List.of(
            new TrainingColumn(
                ColumnSpec.label("y", ColumnSpec.Type.NUMBER),
                CellKind.FLOAT8,
                "double precision",
                false,
                null,
                "float8",
                false),
            new TrainingColumn(
                ColumnSpec.feature("at"), kind, "a type", true, null, "text", false));
    DataSetBuilder builder =
        new DataSetBuilder(columns.stream().map(TrainingColumn::spec).toList(), Long.MAX_VALUE);
    for (double second : seconds) {
      builder.number(1);
      builder.number(second);
      builder.endRow();
    }
    DataSet data = builder.build();
    return CoarseTimes.warnings(columns, data);
  }
}
