package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Clients of a standby: what they train goes to the primary, unless it has to be where they are.
 */
class ReplicaTrainingsIT {
  private static final String TRAIN = "SELECT * FROM pgml.train('p', 'regression', 'rows', 'y')";

  @Test
  void a_session_with_another_role_on_a_standby_is_told_that_it_only_reads(@TempDir Path directory)
      throws SQLException, IOException {
    try (StreamingCluster cluster =
            StreamingCluster.start(
                1,
                "CREATE ROLE trainer SUPERUSER",
                "CREATE TABLE rows AS SELECT i AS a, 2 * i AS y FROM generate_series(1, 40) i");
        ProxyServer proxy = start(directory, cluster);
        Connection client =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/app?user=postgres")) {
      ProxyUnderTest.run(client, TRAIN);
      cluster.settle(cluster.server(0));
      ProxyUnderTest.run(client, "SET ROLE trainer");
      assertThat(ProxyUnderTest.value(client, "SELECT pg_is_in_recovery()")).isEqualTo("t");

      for (String write :
          List.of(
              TRAIN,
              "SELECT * FROM pgml.deploy('p', 'most_recent')",
              "SELECT * FROM pgml.snapshot('rows', 'y')",
              "SELECT * FROM pgml.load_dataset('iris')")) {
        SQLException refused =
            Objects.requireNonNull(
                catchThrowableOfType(SQLException.class, () -> ProxyUnderTest.run(client, write)));
        assertThat(refused.getSQLState()).as(write).isEqualTo("25006");
      }
      assertThat(ProxyUnderTest.value(client, "SELECT pgml.predict('p', ARRAY[3]) > 5"))
          .isEqualTo("t");
    }
  }

  private static ProxyServer start(Path directory, StreamingCluster cluster) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("pglynx.toml"),
            """
            [general]
            host = "127.0.0.1"
            port = 0
            worker_threads = 1
            target_session_attrs = "standby"
            [pools.app]
            [pools.app.users.0]
            username = "postgres"
            auth_type = "trust"
            pool_size = 3
            [pools.app.shards.0]
            database = "postgres"
            servers = %s
            """
                .formatted(cluster.toml("primary", "replica")));
    return ProxyServer.start(
        ConfigLoader.load(file), new FileSource(new ConfigFile(file, Map.of())));
  }
}
