package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A column gives back what it was given, wherever its rows live. */
class FloatColumnTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 16_384, 16_385, 17_408, 17_409, 32_768, 32_769, 50_000})
  void gives_back_every_row(int rows) {
    try (Arena memory = Arena.ofConfined()) {
      FloatColumn column = new FloatColumn(memory);

      for (int row = 0; row < rows; row++) {
        column.add(row * 0.5f);
        assertThat(column.get(row)).isEqualTo(row * 0.5f);
      }

      assertThat(column.size()).isEqualTo(rows);
      for (int row = 0; row < rows; row += 7) {
        assertThat(column.get(row)).isEqualTo(row * 0.5f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 16_384, 16_385, 17_408, 17_409, 32_768, 32_769, 50_000})
  void copies_any_rows_in_a_row(int rows) {
    try (Arena memory = Arena.ofConfined()) {
      FloatColumn column = new FloatColumn(memory);
      for (int row = 0; row < rows; row++) {
        column.add(row);
      }

      for (int from = 0; from < rows; from += 1 + rows / 7) {
        float[] out = new float[rows - from];
        column.copy(from, out.length, out);

        for (int i = 0; i < out.length; i++) {
          assertThat(out[i]).isEqualTo(from + i);
        }
      }
    }
  }
}
