package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forests of so many nodes that the database's function walks through them in a loop. */
class LargeForestsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  private static final ExportedModels MODELS = new ExportedModels(PROXY);

  @BeforeAll
  static void load() throws SQLException {
    MODELS.load();
  }

  static Stream<ExportedModels.Case> large() {
    return ExportedModels.large();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("large")
  void a_large_forest_is_walked_through_by_a_loop(ExportedModels.Case one) throws SQLException {
    MODELS.check(one);
    assertThat(MODELS.walks(one)).isTrue();
  }
}
