package org.pglynx.proxy.it;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The database's own functions give the numbers that the engine gives. */
class ExportedModelsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  private static final ExportedModels MODELS = new ExportedModels(PROXY);

  @BeforeAll
  static void load() throws SQLException {
    MODELS.load();
  }

  static Stream<ExportedModels.Case> algorithms() {
    return ExportedModels.algorithms();
  }

  static Stream<ExportedModels.Case> shapes() {
    return ExportedModels.shapes();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("algorithms")
  void each_algorithm_is_evaluated_by_the_server_as_by_the_engine_or_refused(
      ExportedModels.Case one) throws SQLException {
    MODELS.check(one);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void classes_missing_values_categories_and_preprocessing_are_too(ExportedModels.Case one)
      throws SQLException {
    MODELS.check(one);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "xgboost", "extra_trees"})
  void several_targets_are_too(String algorithm) throws SQLException {
    MODELS.checkJoint(algorithm);
  }
}
