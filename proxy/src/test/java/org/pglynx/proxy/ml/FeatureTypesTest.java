package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureTypesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "json",
        "jsonb",
        "boolean[]",
        "date[]",
        "timestamp with time zone[]",
        "pg_catalog.timestamp(3)[]",
        "pair",
        "app.pair",
        "my_vector",
        "record_of_mine"
      })
  void json_booleans_times_and_what_may_be_composite_go_by_name(String type) {
    assertThat(FeatureTypes.form(type)).isEqualTo(FeatureForm.NAMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "real[]",
        "app.positive[]",
        "integer array",
        "text",
        "pg_catalog.date",
        "timestamp(3) with time zone",
        "numeric(10,2)",
        "vector(3)",
        "extensions.halfvec"
      })
  void arrays_vectors_and_types_without_columns_are_cast(String type) {
    assertThat(FeatureTypes.form(type)).isEqualTo(FeatureForm.ARRAY);
  }
}
