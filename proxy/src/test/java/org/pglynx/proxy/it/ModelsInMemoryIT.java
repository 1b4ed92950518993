package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which models take memory of the proxy: those that somebody may predict with. */
class ModelsInMemoryIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(2).general(AdminTable.OPEN);

  @BeforeAll
  static void createRelation() {
    PROXY.onServer("CREATE TABLE lines AS SELECT i AS x, 2 * i AS y FROM generate_series(1, 50) i");
  }

  @BeforeEach
  void nothingIsTrainedYet() throws SQLException {
    on("DROP EXTENSION IF EXISTS pgml CASCADE");
  }

  @Test
  void aModelThatIsDeployedIsThereBeforeItsFirstPrediction() throws SQLException {
    train("linear", true);

    assertThat(inMemory()).containsExactly("linear");
  }

  @Test
  void aModelThatIsNotDeployedTakesNoMemory() throws SQLException {
    train("linear", true);

    train("ridge", false);

    assertThat(inMemory()).containsExactly("linear");
  }

  @Test
  void aModelIsReadFromTheDatabaseWhenItIsAskedFor() throws SQLException {
    train("linear", true);
    train("ridge", false);

    on("SELECT pgml.deploy('lines', 'most_recent')");
    on("SELECT pgml.predict('lines', ARRAY[3])");

    assertThat(inMemory()).containsExactlyInAnyOrder("linear", "ridge");
  }

  private static void train(String algorithm, boolean deploy) throws SQLException {
    on(
        "SELECT * FROM pgml.train('lines', 'regression', 'lines', 'y', '%s', automatic_deploy => %s)"
            .formatted(algorithm, deploy));
  }

  private static void on(String sql) throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(connection, sql);
    }
  }

  private static List<String> inMemory() throws SQLException {
    try (Connection admin = AdminTable.login(PROXY.port())) {
      return AdminTable.show(admin, "MODELS").stream()
          .map(row -> String.valueOf(row.get("algorithm")))
          .toList();
    }
  }
}
