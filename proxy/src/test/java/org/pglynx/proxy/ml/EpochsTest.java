package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures of extract(epoch FROM …) of PostgreSQL 15. */
class EpochsTest {
  @ParameterizedTest
  @CsvSource({
    "2024-02-29, 1709164800",
    "1969-12-31, -86400",
    "2024-02-29T12:34:56.789012, 1709210096.789012",
    "2024-02-29T12:34:56.5+05:30, 1709190296.5",
    "2024-02-29T12:34:56-08:00, 1709238896",
    "2024-02-29T12:34:56+00:00, 1709210096",
    "2024-02-29 12:34:56, 1709210096",
    "2024-02-29 12:34, 1709210040",
    "2024-02-29 12:34:56-08, 1709238896",
    "2024-02-29T12:34:56Z, 1709210096",
    "2024-02-29T12:34:56.789Z, 1709210096.789",
    "2024-02-29T12:34:56+0530, 1709190296",
    "0044-03-15 BC, -63517824000",
    "0001-01-01 BC, -62167219200",
    "4713-01-01T00:00:00 BC, -210863520000",
    "4713-01-01T00:00:00+05:41:16 BC, -210863540476",
    "0044-03-15 12:00:00 BC, -63517780800",
    "12024-02-29, 317278684800",
    "294276-12-31T23:59:59, 9224318015999",
    "294276-12-31 23:59:59+00, 9224318015999",
    "5874897-12-31, 185331706992000",
    "12:34:56.789, 45296.789",
    "24:00:00, 86400",
    "1 year 2 mons 3 days 04:05:06.5, 37015506.5",
    "-1 days +02:03:00, -79020",
    "-00:00:01.5, -1.5",
    "3 days, 259200",
    "P1Y2M3DT4H5M6.5S, 37015506.5",
    "P-1DT2H3M, -79020",
    "PT-1.5S, -1.5",
    "PT0S, 0",
    "@ 1 year 2 mons 3 days 4 hours 5 mins 6.5 secs, 37015506.5",
    "@ 1 day -2 hours -3 mins ago, -79020",
    "@ 1.5 secs ago, -1.5",
    "@ 0, 0"
  })
  void reads_what_to_json_writes(String text, double seconds) {
    assertThat(Epochs.parse(text)).hasValue(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P",
        "@",
        "Paris",
        "5",
        "NaN",
        "red",
        "2024-13-01",
        " BC",
        "A-1 BC",
        "5 BC",
        "99999999999-01-01 BC",
        "12a4-01-01 BC",
        "99999999-01-01T00:00:00",
        "2024-01-01TZ"
      })
  void leaves_other_texts_alone(String text) {
    assertThat(Epochs.parse(text)).isEmpty();
  }

  @Test
  void reads_the_binary_forms() {
    assertThat(Epochs.ofDate(8825)).isEqualTo(1709164800);
    assertThat(Epochs.ofTimestamp(762_525_296_789_012L)).isEqualTo(1709210096.789012);
    assertThat(Epochs.ofInterval(14_706_500_000L, 3, 14)).isEqualTo(37015506.5);
    assertThat(Epochs.ofTimestamp(9_223_371_331_199_000_000L)).isEqualTo(9224318015999.0);
    assertThat(Epochs.ofDate(Integer.MAX_VALUE)).isInfinite();
    assertThat(Epochs.ofTimestamp(Long.MIN_VALUE)).isEqualTo(Double.NEGATIVE_INFINITY);
  }
}
