package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** pgml.load_dataset, where PostgresML's own is wrong or fetches from the network. */
class LoadDatasetIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2);

  /** The means are those of scikit-learn's load_wine: hue 0.957449, color_intensity 5.058090. */
  @Test
  void wines_hue_and_color_intensity_are_not_swapped() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, "SELECT * FROM pgml.load_dataset('wine')");
      assertThat(
              ProxyUnderTest.value(
                  connection,
                  "SELECT round(avg(hue)::numeric, 4) || ' '"
                      + " || round(avg(color_intensity)::numeric, 4) FROM pgml.wine"))
          .isEqualTo("0.9574 5.0581");
    }
  }

  @Test
  void a_limit_takes_the_first_rows_and_a_second_call_makes_the_table_anew() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT rows FROM pgml.load_dataset('iris', \"limit\" => 7)"))
          .isEqualTo("7");
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT rows FROM pgml.load_dataset('iris', NULL, 1000)"))
          .isEqualTo("150");
      assertThat(ProxyUnderTest.value(connection, "SELECT count(*) FROM pgml.iris"))
          .isEqualTo("150");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          pgml.load_dataset('imdb')                          | 22023 | is not built in
          pgml.load_dataset('iris', 'plain')                 | 22023 | has no subsets
          pgml.load_dataset('iris', "limit" => -1)           | 22023 | must not be negative
          pgml.load_dataset('iris', kwargs => '{"a": 1}')    | 22023 | take no kwargs
          pgml.load_dataset('iris', kwargs => '{')           | 22     | kwargs
          pgml.load_dataset(1)                               | 42883 | does not exist
          """)
  void what_it_cannot_do_is_an_error(String call, String state, String message)
      throws SQLException {
    try (Connection connection = PROXY.connect()) {
      assertThatThrownBy(() -> ProxyUnderTest.value(connection, "SELECT * FROM " + call))
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).startsWith(state));
    }
  }
}
