package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.relay.Arguments;

class ModelFilesTest {
  private final MlFixture ml = new MlFixture();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.import_model('p', 'regression', 'xgboost_json', '{}'::bytea)",
        "SELECT pgml.export_model('p', 'xgboost_json')"
      })
  void files_of_models_wait_for_their_own_threads_however_many_come(String sql) {
    FakeContext first = ml.start(sql, Arguments.NONE);
    FakeContext second = ml.start(sql, Arguments.NONE);

    assertThat(ml.files).hasSize(2);
    assertThat(first.ended() || second.ended()).isFalse();

    ml.files.forEach(Runnable::run);
    assertThat(first.ended() && second.ended()).isTrue();
  }
}
