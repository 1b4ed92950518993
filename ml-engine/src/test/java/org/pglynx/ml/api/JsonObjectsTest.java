package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.model.MlException;

class JsonObjectsTest {
  @ParameterizedTest
  @ValueSource(strings = {"[1]", "1", "\"text\"", "true", "null", "{} {}"})
  void a_value_that_is_no_object_is_refused_in_words_of_json_alone(String json) {
    MlException refusal =
        catchThrowableOfType(MlException.class, () -> JsonObjects.parse(json, "hyperparams"));

    assertThat(refusal).hasMessage("hyperparams is not a JSON object");
    assertThat(refusal.detail()).isEqualTo("It is another value.");
  }
}
