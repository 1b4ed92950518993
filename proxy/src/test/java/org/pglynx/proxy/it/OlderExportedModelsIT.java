package org.pglynx.proxy.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgreSQL 17 evaluates models as 18 does. */
class OlderExportedModelsIT {
  private static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(3).on(TestPostgres.Major.V17);

  private static final ExportedModels MODELS = new ExportedModels(PROXY);

  @BeforeAll
  static void start() throws SQLException {
    assumeTrue(
        TestPostgres.available(TestPostgres.Major.V17),
        "the binaries of PostgreSQL 17 are missing");
    PROXY.start();
    MODELS.load();
  }

  @AfterAll
  static void stop() {
    if (TestPostgres.available(TestPostgres.Major.V17)) {
      PROXY.stop();
    }
  }

  static Stream<ExportedModels.Case> all() {
    return Stream.concat(ExportedModels.algorithms(), ExportedModels.shapes());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  void each_model_is_evaluated_by_the_server_as_by_the_engine_or_refused(ExportedModels.Case one)
      throws SQLException {
    MODELS.check(one);
  }
}
