package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Layer 3: what a proxy that stops says to its clients. */
class StopIT {
  @RepeatedTest(3)
  void aSessionThatIdlesHearsWhyItEnds() {
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).start();
    try (RawConnection idle = proxy.raw()) {
      idle.ask("SELECT 1");

      proxy.server().close();

      assertThat(idle.next().shape()).isEqualTo("E:FATAL:57P01");
      assertThat((int) idle.next().tag()).isZero();
    } finally {
      proxy.stop();
    }
  }

  @Test
  void aTrainingThatItEndsHasFailedAndSaysWhy() throws Exception {
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(2).start();
    try (Connection connection = proxy.connect();
        Statement statement = connection.createStatement()) {
      proxy.onServer(
          "CREATE TABLE many_rows AS SELECT random() AS a, random() AS b, random() AS y"
              + " FROM generate_series(1, 20000)");
      CompletableFuture<@Nullable SQLException> outcome =
          ProxyUnderTest.inBackground(
              statement,
              "SELECT * FROM pgml.train('long', 'regression', 'many_rows', 'y', 'random_forest',"
                  + " hyperparams => '{\"n_estimators\": 100000}')");
      Eventually.equal(
          () -> proxy.valueOnServer("SELECT count(*) FROM pg_tables WHERE tablename = 'trainings'"),
          "1");
      Eventually.equal(() -> proxy.valueOnServer("SELECT count(*) FROM pgml.trainings"), "1");

      proxy.server().close();

      assertThat(Objects.requireNonNull(outcome.get(10, TimeUnit.SECONDS)).getSQLState())
          .isEqualTo("57P01");
      assertThat(
              proxy.valueOnServer(
                  "SELECT status || ' ' || (metrics->>'sqlstate') || ' ' || (metrics->>'error')"
                      + " FROM pgml.models"))
          .isEqualTo("failed 57P01 canceling training: the proxy is shutting down");
      assertThat(proxy.valueOnServer("SELECT count(*) FROM pgml.trainings")).isEqualTo("0");
    } finally {
      proxy.stop();
    }
  }
}
