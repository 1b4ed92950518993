package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.util.PSQLException;

/** Real servers: how many clients may be logged in at once. */
class ClientLimitsIT {
  private static final int AT_ONCE = 24;

  @RegisterExtension
  static final ProxyUnderTest LIMITED =
      ProxyUnderTest.transactionMode(4)
          .general(AdminTable.OPEN)
          .general("max_db_client_connections = 7")
          .user("auth_type = \"scram-sha-256\"", "password = \"secret\"")
          .anotherUser(
              "username = \"ben\"",
              "password = \"of ben\"",
              "server_username = \"postgres\"",
              "max_user_client_connections = 3",
              "pool_size = 2");

  @RegisterExtension
  static final ProxyUnderTest FULL =
      ProxyUnderTest.transactionMode(2).general(AdminTable.OPEN).general("max_client_conn = 2");

  private final List<Connection> open = new ArrayList<>();

  @AfterEach
  void leave() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
  }

  /** Many logins at the same moment; gives what the refused ones were told. */
  private List<String> storm(String user, String password) throws Exception {
    List<String> refusals = new ArrayList<>();
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Connection> login =
          () -> {
            together.await();
            return login(user, password);
          };
      List<Future<Connection>> logins = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        logins.add(threads.submit(login));
      }
      for (Future<Connection> each : logins) {
        try {
          open.add(each.get());
        } catch (java.util.concurrent.ExecutionException e) {
          PSQLException refused = (PSQLException) Objects.requireNonNull(e.getCause());
          refusals.add(refused.getSQLState() + " " + refused.getMessage());
        }
      }
    }
    return refusals;
  }

  private static Connection login(String user, String password) throws SQLException {
    String url = LIMITED.url() + "?sslmode=disable&user=" + user + "&password=" + password;
    return DriverManager.getConnection(url);
  }

  private static void allGone() throws SQLException {
    try (Connection admin = AdminTable.login(LIMITED.port())) {
      Eventually.equal(
          () -> AdminTable.value(admin, "DATABASES", "current_client_connections"), "0");
    }
  }

  @Test
  void of_many_logins_at_once_exactly_as_many_come_in_as_the_database_allows() throws Exception {
    allGone();
    List<String> refusals = storm("postgres", "secret");

    assertThat(open).hasSize(7);
    assertThat(refusals)
        .hasSize(AT_ONCE - 7)
        .allMatch(
            why -> why.contains("53300 FATAL: too many connections for database \"app\": 7 of 7"));
    try (Connection admin = AdminTable.login(LIMITED.port())) {
      assertThat(AdminTable.value(admin, "DATABASES", "max_client_connections")).isEqualTo("7");
      assertThat(AdminTable.value(admin, "DATABASES", "current_client_connections")).isEqualTo("7");
    }
  }

  @Test
  void a_user_has_its_own_limit() throws Exception {
    allGone();
    List<String> refusals = storm("ben", "of%20ben");

    assertThat(open).hasSize(3);
    assertThat(refusals)
        .allMatch(
            why -> why.contains("53300 FATAL: too many connections for role \"ben\": 3 of 3"));
    open.add(login("postgres", "secret"));
    try (Connection admin = AdminTable.login(LIMITED.port())) {
      assertThat(AdminTable.show(admin, "USERS"))
          .extracting(
              row -> row.get("name"),
              row -> row.get("max_user_client_connections"),
              row -> row.get("current_client_connections"))
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("postgres", "0", "1"),
              org.assertj.core.groups.Tuple.tuple("ben", "3", "3"));
    }
  }

  @Test
  void logins_that_fail_and_logins_that_are_refused_take_no_place_for_good() throws Exception {
    allGone();
    assertThat(storm("postgres", "wrong"))
        .hasSize(AT_ONCE)
        .allMatch(why -> why.startsWith("28P01"));
    storm("ben", "of%20ben");
    leave();
    open.clear();
    allGone();

    for (int i = 0; i < 7; i++) {
      open.add(login("postgres", "secret"));
    }
    assertThatThrownBy(() -> login("postgres", "secret")).hasMessageContaining("7 of 7");
  }

  @Test
  void an_admin_comes_in_when_all_places_are_taken_but_not_without_end() throws Exception {
    open.add(FULL.connect());
    open.add(FULL.connect());
    assertThatThrownBy(FULL::connect).hasMessageContaining("too many clients already: 2 of 2");
    for (int i = 0; i < 3; i++) {
      open.add(AdminTable.login(FULL.port()));
    }

    assertThat(AdminTable.value(open.getLast(), "LISTS", "items")).isEqualTo("1");
    assertThatThrownBy(() -> AdminTable.login(FULL.port()))
        .hasMessageContaining("too many clients already: 2 of 2, and 3 of 3 for admins")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("53300");
  }

  @Test
  void whoever_only_names_an_admin_database_takes_no_reserved_place() throws Exception {
    open.add(FULL.connect());
    open.add(FULL.connect());
    List<RawConnection> unproved = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        RawConnection half = RawConnection.open(FULL.port());
        half.send(
            RawConnection.startup(
                196_608, java.util.Map.of("user", "mallory", "database", "pglynx")));
        unproved.add(half);
      }
      for (int i = 0; i < 3; i++) {
        open.add(AdminTable.login(FULL.port()));
      }
      assertThat(open).hasSize(5);
    } finally {
      unproved.forEach(RawConnection::close);
    }
  }
}
