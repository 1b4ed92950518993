package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Impatient clients that train and predict as other roles, {@code SET ROLE} and {@code SET SESSION
 * AUTHORIZATION}: nobody is another behind it, each has the rights of whom it is, and trainings are
 * there as they were told. The Maven profile {@code soak} has a hundred phases.
 */
class TrainingSoakIT {
  private static final List<String> POOLS = List.of("app", "tight", "sessions", "split");

  private static final String SPLIT =
      """
      session_split = true
      query_parser_enabled = true
      query_parser_read_write_splitting = true
      """;

  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static final String DATABASE = POSTGRES.createDatabase("training_soak");
  private static final SoakServer SERVER = new SoakServer(POSTGRES.port(), DATABASE);
  private static ProxyServer proxy;

  @BeforeAll
  static void start() throws SQLException {
    String general =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        query_wait_timeout = 4000
        %s
        [ml]
        threads = 2
        """
            .formatted(String.join("\n", AdminTable.OPEN));
    String toml =
        general
            + pool("app", "pool_mode = \"transaction\"", 6)
            + pool("tight", "pool_mode = \"transaction\"", 1)
            + pool("sessions", "pool_mode = \"session\"", 10)
            + pool("split", "pool_mode = \"session\"\n" + SPLIT, 10);
    proxy = ProxyServer.start(ConfigLoader.parse(toml, "soak.toml"));
    try (Connection client =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/app?user=postgres")) {
      ProxyUnderTest.run(client, "CREATE EXTENSION pgml");
      SoakCalls.train(client);
    }
    String trainer = TrainingErrands.TRAINER;
    POSTGRES.execute(
        DATABASE,
        "CREATE ROLE " + trainer,
        "CREATE ROLE " + TrainingErrands.OUTSIDER,
        "CREATE TABLE soak_secrets AS SELECT * FROM soak_points",
        "GRANT SELECT ON soak_points TO PUBLIC",
        "GRANT USAGE ON SCHEMA pgml TO " + trainer,
        "GRANT EXECUTE ON FUNCTION pgml.train TO " + trainer);
  }

  private static String pool(String name, String lines, int size) {
    return """
    [pools.%1$s]
    %2$s
    [pools.%1$s.shards.0]
    database = "%3$s"
    servers = [["127.0.0.1", %4$d, "primary"], ["localhost", %4$d, "replica"]]
    [pools.%1$s.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = %5$d
    """
        .formatted(name, lines, DATABASE, POSTGRES.port(), size);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    POSTGRES.dropDatabase(DATABASE);
    for (String role : List.of(TrainingErrands.TRAINER, TrainingErrands.OUTSIDER)) {
      POSTGRES.execute("postgres", "DROP ROLE " + role);
    }
  }

  @Test
  void nobody_is_another_and_trainings_are_there_as_they_were_told() {
    SoakCrowd crowd =
        new SoakCrowd(SoakClient.Door.plain(proxy.port()), POOLS, TrainingErrands::new);

    crowd.phases(SERVER::kill, SERVER::atWork, TrainingSoakIT::keeps);
  }

  private static void keeps(SoakReport report) {
    Set<String> trained =
        new HashSet<>(
            SERVER.values(
                "SELECT name FROM pgml.projects p WHERE EXISTS (SELECT FROM pgml.models WHERE"
                    + " project_id = p.id AND status = 'successful')"));
    assertThat(trained).as("trained").containsAll(report.committed());
    assertThat(trained).as("undone").noneMatch(report.undone()::contains);
    assertThat(
            SERVER.values(
                "SELECT name FROM pgml.projects WHERE name <> 'soak' AND owner::regrole::text <> '"
                    + TrainingErrands.TRAINER
                    + "'"))
        .as("of another's")
        .isEmpty();
  }
}
