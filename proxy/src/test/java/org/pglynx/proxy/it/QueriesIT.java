package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers: what statements are running, and which were slow. */
class QueriesIT {
  private static final String[] TRACKED = {"slow_query_ms = 100", "slow_query_sample_percent = 0"};

  @RegisterExtension
  static final ProxyUnderTest TRANSACTIONS =
      ProxyUnderTest.transactionMode(2).general(AdminTable.OPEN).general(TRACKED);

  @RegisterExtension
  static final ProxyUnderTest SESSIONS =
      ProxyUnderTest.sessionMode(4).general(AdminTable.OPEN).general(TRACKED);

  private static List<Map<String, String>> queries(ProxyUnderTest proxy) {
    try (Connection admin = AdminTable.login(proxy.port())) {
      return AdminTable.show(admin, "QUERIES WHERE database = 'app'");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProxyUnderTest proxy(String mode) {
    return mode.equals("session") ? SESSIONS : TRANSACTIONS;
  }

  private static List<Map<String, String>> slow(ProxyUnderTest proxy, String like)
      throws Exception {
    try (Connection admin = AdminTable.login(proxy.port())) {
      return AdminTable.show(admin, "SLOW").stream()
          .filter(row -> Objects.requireNonNull(row.get("query")).contains(like))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session"})
  void a_running_statement_is_shown_without_its_values(String mode) {
    ProxyUnderTest proxy = proxy(mode);
    try (RawConnection client = proxy.raw()) {
      client.send(RawConnection.query("SELECT 'secret', pg_sleep(2.0)"));
      Eventually.equal(() -> queries(proxy).size(), 1);

      Map<String, String> row = queries(proxy).getFirst();
      assertThat(row)
          .containsEntry("user", "postgres")
          .containsEntry("state", "active")
          .containsEntry("query", "SELECT ?, pg_sleep(?)")
          .containsEntry("server", "127.0.0.1:" + proxy.postgres().port());
      assertThat(Long.parseLong(row.get("query_us"))).isPositive();
      assertThat(
              proxy.valueOnServer(
                  "SELECT pid FROM pg_stat_activity WHERE query LIKE '%secret%' AND state = 'active'"
                      + " AND pid <> pg_backend_pid()"))
          .isEqualTo(row.get("server_pid"));
      client.shapes(1);
    }
    Eventually.equal(() -> queries(proxy).size(), 0);
  }

  @Test
  void a_transaction_that_does_nothing_is_shown_with_its_last_statement() {
    try (RawConnection client = TRANSACTIONS.raw()) {
      client.ask("BEGIN");
      client.ask("SELECT 12345");

      assertThat(queries(TRANSACTIONS).getFirst())
          .containsEntry("state", "idle in transaction")
          .containsEntry("query", "SELECT ?")
          .containsEntry("query_us", "0");
      client.ask("COMMIT");
    }
  }

  @Test
  void who_waits_for_a_server_is_shown_with_what_it_waits_for() {
    try (RawConnection one = TRANSACTIONS.raw();
        RawConnection two = TRANSACTIONS.raw();
        RawConnection third = TRANSACTIONS.raw()) {
      one.ask("BEGIN");
      two.ask("BEGIN");
      third.send(RawConnection.query("SELECT 3 AS three"));
      Eventually.equal(() -> queries(TRANSACTIONS).size(), 3);

      assertThat(queries(TRANSACTIONS))
          .filteredOn(row -> "waiting".equals(row.get("state")))
          .singleElement()
          .satisfies(row ->
              assertThat(row)
                  .containsEntry("query", "SELECT ? AS three")
                  .containsEntry("server", "null"));
      one.ask("COMMIT");
      third.shapes(1);
      two.ask("COMMIT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session"})
  void slow_statements_of_both_protocols_are_counted_by_their_kind(String mode) throws Exception {
    ProxyUnderTest proxy = proxy(mode);
    String name = "kind_" + mode;
    try (Connection client = proxy.connect("prepareThreshold", "1")) {
      for (int i = 0; i < 3; i++) {
        try (PreparedStatement statement =
            client.prepareStatement("SELECT pg_sleep(?), 'secret' AS " + name)) {
          statement.setDouble(1, 0.15);
          statement.execute();
        }
      }
      ProxyUnderTest.run(client, "SELECT 'fast' AS " + name);
    }
    try (RawConnection client = proxy.raw()) {
      client.ask("SELECT pg_sleep(0.12) AS " + name);
      client.ask("SELECT pg_sleep(0.13) AS " + name);
    }

    Eventually.equal(
        () -> counts(proxy, name),
        Map.of("SELECT pg_sleep($1), ? AS " + name, "3", "SELECT pg_sleep(?) AS " + name, "2"));
    for (Map<String, String> row : slow(proxy, name)) {
      assertThat(Long.parseLong(row.get("max_us"))).isBetween(100_000L, 30_000_000L);
      assertThat(Long.parseLong(row.get("p50"))).isBetween(95_000L, 30_000_000L);
      assertThat(row.get("fingerprint")).hasSize(16);
    }
  }

  private static Map<String, String> counts(ProxyUnderTest proxy, String like) {
    try {
      return slow(proxy, like).stream()
          .collect(
              java.util.stream.Collectors.toMap(row -> row.get("query"), row -> row.get("count")));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
