package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unit: what the startup parameter replication may say, as parse_bool() has it. */
class ReplicationModeTest {
  @ParameterizedTest
  @ValueSource(strings = {"true", "TRUE", "t", "tr", "Tru", "yes", "y", "YE", "on", "ON", "1"})
  void any_yes_asks_for_physical_replication(String value) {
    assertThat(ReplicationMode.named(value)).isEqualTo(ReplicationMode.PHYSICAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "F", "fal", "no", "N", "off", "of", "OFF", "0"})
  void any_no_asks_for_none(String value) {
    assertThat(ReplicationMode.named(value)).isEqualTo(ReplicationMode.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "o", "O", "truee", "yess", "onn", "offf", "2", "01", " true", "DATABASE"})
  void anything_else_is_no_value(String value) {
    assertThat(ReplicationMode.named(value)).isNull();
  }
}
