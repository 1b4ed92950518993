package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.admin.Console.Answer;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerKind;

class BansTest {
  private static final long SECOND = 1_000_000_000;

  private final FakeView view = new FakeView();
  private final Console console = new Console(view);

  private static HostRow host(String name, HostRow.@Nullable Ban ban) {
    return new HostRow(
        "shop",
        new ServerConfig(name, 5433, ServerKind.AUTO, 2, "a"),
        "replica",
        ban == null ? "healthy" : "banned",
        ban,
        (3L << 32) + 0xAB,
        0,
        7,
        12_000_000,
        42);
  }

  @Test
  void replication_shows_every_server() {
    view.hosts.add(host("db2", null));

    assertThat(console.ask("SHOW REPLICATION").row(0))
        .containsEntry("database", "shop")
        .containsEntry("host", "db2")
        .containsEntry("port", "5433")
        .containsEntry("configured_role", "auto")
        .containsEntry("role", "replica")
        .containsEntry("state", "healthy")
        .containsEntry("lsn", "3/AB")
        .containsEntry("lag_bytes", "7")
        .containsEntry("lag_ms", "12")
        .containsEntry("assignment_count", "42")
        .containsEntry("weight", "2")
        .containsEntry("zone", "a");
  }

  @Test
  void bans_show_those_that_are_banned_with_the_columns_of_pgcat_first() {
    view.hosts.add(host("db2", null));
    view.hosts.add(
        host("db3", new HostRow.Ban("FailedHealthCheck", "refused", 10 * SECOND, 50 * SECOND)));

    Answer answer = console.ask("SHOW BANS");

    assertThat(answer.columnNames())
        .startsWith(
            "db",
            "user",
            "role",
            "host",
            "reason",
            "ban_time",
            "ban_duration_seconds",
            "ban_remaining_seconds");
    assertThat(answer.rows()).hasSize(1);
    assertThat(answer.row(0))
        .containsEntry("host", "db3")
        .containsEntry("reason", "FailedHealthCheck")
        .containsEntry("ban_duration_seconds", "60")
        .containsEntry("ban_remaining_seconds", "50")
        .containsEntry("why", "refused");
  }

  @ParameterizedTest
  @CsvSource({
    "BAN db-3.example.com 30, ban db-3.example.com 30",
    "ban 10.0.0.3 5;, ban 10.0.0.3 5",
    "Ban 'db3', ban db3 60",
    "UNBAN db3, unban db3",
    "unban \"db3\" ;, unban db3",
    "DRAIN 10.0.0.3:5433, drain 10.0.0.3:5433",
    "undrain 'db3';, undrain db3",
  })
  void a_host_is_banned_and_unbanned(String sql, String order) {
    Answer answer = console.ask(sql);

    assertThat(view.orders).containsExactly(order);
    assertThat(answer.columnNames()).startsWith("db", "user", "role", "host");
    assertThat(answer.tag())
        .isEqualTo(sql.substring(0, order.indexOf(' ')).toUpperCase(java.util.Locale.ROOT));
  }

  @ParameterizedTest
  @CsvSource({
    "BAN, usage: BAN hostname duration_seconds",
    "BAN db3 0, usage: BAN hostname duration_seconds",
    "BAN db3 soon, usage: BAN hostname duration_seconds",
    "BAN db3 5 6, usage: BAN hostname duration_seconds",
    "UNBAN, usage: UNBAN hostname",
    "DRAIN, usage: DRAIN hostname",
    "UNDRAIN db3 5, usage: UNDRAIN hostname",
    "UNBAN db3 5, usage: UNBAN hostname",
  })
  void what_is_no_order_is_refused(String sql, String message) {
    assertThat(console.ask(sql).refusal().message()).isEqualTo(message);
    assertThat(view.orders).isEmpty();
  }

  @Test
  void databases_tell_whether_a_server_is_banned() {
    HostRow.Ban ban = new HostRow.Ban("AdminBan(60)", "ordered", SECOND, SECOND);
    view.hosts.add(
        new HostRow(
            "shop", new ServerConfig("db1", 5433), "primary", "banned", ban, 0, 0, 0, 0, 0));

    assertThat(console.ask("SHOW DATABASES").row(0))
        .containsEntry("host", "db1")
        .containsEntry("disabled", "1");
  }
}
