package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real servers: times as SHOW tells them. */
class PercentilesIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1).general(AdminTable.OPEN).general("worker_threads = 1");

  @Test
  void a_sleep_shows_as_the_time_of_a_query_and_of_a_transaction_and_of_who_waits_for_it()
      throws Exception {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw();
        Connection admin = AdminTable.login(PROXY.port())) {
      first.send(RawConnection.query("BEGIN; SELECT pg_sleep(0.3)"));
      first.shapes(1);
      second.send(RawConnection.query("SELECT 1"));
      Eventually.equal(() -> AdminTable.value(admin, "POOLS", "cl_waiting"), "1");
      first.ask("SELECT pg_sleep(0.3)");
      first.ask("COMMIT");
      second.shapes(1);

      List<Map<String, String>> rows = AdminTable.show(admin, "PERCENTILES");
      assertThat(longest(rows, "query")).isBetween(290_000L, 5_000_000L);
      assertThat(longest(rows, "xact")).isBetween(590_000L, 10_000_000L);
      assertThat(longest(rows, "wait")).isBetween(250_000L, 10_000_000L);
      assertThat(longest(rows, "xact")).isGreaterThan(longest(rows, "query"));
      assertThat(Long.parseLong(AdminTable.value(admin, "STATS", "total_xact_p999")))
          .isEqualTo(longest(rows, "xact"));
    }
  }

  private static long longest(List<Map<String, String>> rows, String time) {
    return rows.stream()
        .filter(row -> time.equals(row.get("time")) && "total".equals(row.get("period")))
        .mapToLong(row -> Long.parseLong(row.getOrDefault("p999", "")))
        .max()
        .orElse(-1);
  }
}
