package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real sockets: a flood of connections that never log in. */
class HalfLoginsIT {
  private static final int PROTOCOL_3_0 = 196_608;

  /** Of one MiB the network has seven eighths, and each connection takes 8 KiB at least. */
  private static final int FITTING = (1 << 20) / 8 * 7 / (8 << 10);

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(2)
          .general(AdminTable.OPEN)
          .general("login_memory_budget_mb = 1");

  private final List<RawConnection> flood = new ArrayList<>();

  @AfterEach
  void end() {
    flood.forEach(RawConnection::close);
    loginsLast(0);
  }

  private static void loginsLast(int count) {
    Eventually.equal(
        () -> {
          try (Connection admin = AdminTable.login(PROXY.port())) {
            return AdminTable.show(admin, "LISTS").stream()
                .filter(row -> "login_clients".equals(row.get("list")))
                .map(row -> row.get("items"))
                .findFirst()
                .orElse("");
          } catch (java.sql.SQLException e) {
            return "no way in";
          }
        },
        String.valueOf(count));
  }

  private RawConnection half(byte[] bytes) {
    RawConnection connection = RawConnection.open(PROXY.port());
    flood.add(connection);
    connection.send(bytes);
    return connection;
  }

  @Test
  void a_flood_of_half_logins_is_refused_while_sessions_go_on() throws Exception {
    try (RawConnection before = PROXY.raw();
        Connection admin = AdminTable.login(PROXY.port())) {
      byte[] packet = RawConnection.startup(PROTOCOL_3_0, Map.of("user", "postgres"));
      for (int i = 0; i < FITTING; i++) {
        half(new byte[0]);
      }
      Eventually.equal(() -> bytes(admin), FITTING * (8 << 10));
      RawConnection refused = half(packet);

      RawConnection.Message error = refused.next();
      assertThat(error.shape()).isEqualTo("E:FATAL:53300");
      assertThat(error.field('M'))
          .isEqualTo("too many connections are logging in: 917504 of 917504 bytes in use");
      assertThat(before.value("SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void the_bytes_that_half_logins_send_are_bounded_all_together() throws Exception {
    byte[] packet =
        RawConnection.startup(
            PROTOCOL_3_0, Map.of("user", "postgres", "application_name", "x".repeat(9000)));
    byte[] allButOne = Arrays.copyOf(packet, packet.length - 1);
    try (Connection admin = AdminTable.login(PROXY.port())) {
      for (int i = 0; i < FITTING; i++) {
        half(allButOne);
      }

      assertThat(flood.getLast().next().shape()).isIn("E:FATAL:53200", "E:FATAL:53300");
      assertThat(bytes(admin)).isBetween(400_000, 917_504);
    }
  }

  private static int bytes(Connection admin) {
    try {
      return AdminTable.show(admin, "LISTS").stream()
          .filter(row -> "login_bytes".equals(row.get("list")))
          .mapToInt(row -> Integer.parseInt(row.getOrDefault("items", "")))
          .sum();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
