package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

class SessionTargetTest {
  private static final PgError DOWN = PgError.error(SqlState.CANNOT_CONNECT, "connection refused");

  private static String told(@Nullable PgError error) {
    return error == null ? "welcome" : error.code() + " " + error.message();
  }

  @ParameterizedTest
  @CsvSource({
    "ANY, ",
    "READ_WRITE, PRIMARY",
    "PRIMARY, PRIMARY",
    "READ_ONLY, STANDBY",
    "STANDBY, STANDBY",
    "PREFER_STANDBY, PREFER_STANDBY"
  })
  void a_target_binds_all_statements_of_its_sessions(
      TargetSessionAttrs wanted, @Nullable String role) {
    SessionTarget target = SessionTarget.of(wanted);

    assertThat(target.role() == null ? null : target.role().name()).isEqualTo(role);
    assertThat(told(target.refusal(Map.of("pglynx.role", "replica"))))
        .isEqualTo(
            role == null ? "welcome" : "0A000 pglynx.role cannot be chosen on this listener");
    assertThat(told(target.refusal(Map.of("application_name", "x")))).isEqualTo("welcome");
  }

  /** libpq asks for the same (fe-connect.c), and goes on to its next host. */
  @ParameterizedTest
  @EnumSource(TargetSessionAttrs.class)
  void who_wants_to_write_does_not_get_into_a_session_that_reads_by_default(
      TargetSessionAttrs wanted) {
    SessionTarget target = SessionTarget.of(wanted);

    assertThat(told(target.mismatch(Map.of("default_transaction_read_only", "on"))))
        .isEqualTo(
            wanted == TargetSessionAttrs.READ_WRITE ? "57P03 session is read-only" : "welcome");
    assertThat(told(target.mismatch(Map.of("default_transaction_read_only", "off"))))
        .isEqualTo("welcome");
  }

  @ParameterizedTest
  @CsvSource({
    "ANY, welcome",
    "READ_WRITE, welcome",
    "PRIMARY, welcome",
    "READ_ONLY, 57P03 replication connections go to the primary",
    "STANDBY, 57P03 replication connections go to the primary",
    "PREFER_STANDBY, 57P03 replication connections go to the primary"
  })
  void replication_is_the_primarys(TargetSessionAttrs wanted, String answer) {
    SessionTarget target = SessionTarget.of(wanted);

    assertThat(told(target.refusal(ReplicationMode.PHYSICAL))).isEqualTo(answer);
    assertThat(told(target.refusal(ReplicationMode.LOGICAL))).isEqualTo(answer);
    assertThat(told(target.refusal(ReplicationMode.NONE))).isEqualTo("welcome");
  }

  @ParameterizedTest
  @EnumSource(TargetSessionAttrs.class)
  void where_no_such_server_can_be_had_libpq_is_told_to_go_on(TargetSessionAttrs wanted) {
    PgError told = SessionTarget.of(wanted).unavailable(DOWN);

    assertThat(told(told))
        .isEqualTo((wanted == TargetSessionAttrs.ANY ? "08001" : "57P03") + " connection refused");
  }
}
