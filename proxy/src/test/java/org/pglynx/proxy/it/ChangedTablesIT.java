package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.cstring;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Prepared statements over tables that change under them, with shared servers, are what they are
 * direct: who prepares after the change never hears of it, who counts on the columns of before is
 * told.
 */
class ChangedTablesIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(2).general("worker_threads = 1");

  private static final byte[][] RUN = {bind("", "s"), execute("", 0), sync()};

  @BeforeEach
  void createTable() {
    PROXY.onServer(
        "DROP TABLE IF EXISTS changing",
        "CREATE TABLE changing(a int)",
        "INSERT INTO changing VALUES (1)");
  }

  /** Lets the client run what comes next on the other server of the two. */
  private static RawConnection elsewhere(RawConnection client) {
    String before = client.value("SELECT pg_backend_pid()");
    RawConnection other = PROXY.raw();
    other.ask("BEGIN");
    if (!other.value("SELECT pg_backend_pid()").equals(before)) {
      RawConnection second = elsewhere(client);
      other.close();
      return second;
    }
    return other;
  }

  /** All that is told, but where in the source of Postgres. */
  private static List<String> told(RawConnection client, byte[]... messages) {
    client.send(messages);
    List<String> told = new ArrayList<>();
    for (RawConnection.Message message : client.untilReady()) {
      told.add(
          message.tag() == 'E'
              ? message.shape() + ":" + message.field('M') + ":" + message.field('R')
              : message.shape() + " " + Base64.getEncoder().encodeToString(message.body()));
    }
    return told;
  }

  private static List<String> prepares(RawConnection client) {
    return told(client, parse("s", "SELECT * FROM changing"), describeStatement("s"), sync());
  }

  @Test
  void whoPreparesAfterTheChangeIsToldNoErrorEvenInsideATransaction() {
    try (RawConnection before = PROXY.raw();
        RawConnection after = PROXY.raw();
        RawConnection inside = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      prepares(before);
      told(before, RUN);
      PROXY.onServer("ALTER TABLE changing ADD b int");

      assertThat(prepares(after)).isEqualTo(prepares(direct));
      List<String> rows = told(direct, RUN);
      assertThat(told(after, RUN)).isEqualTo(rows);

      byte[][] atOnce = {
        parse("s", "SELECT * FROM changing"),
        bind("", "s"),
        describePortal(""),
        execute("", 0),
        closeStatement("s"),
        sync()
      };
      told(direct, closeStatement("s"), sync());
      assertThat(inside.ask("BEGIN")).containsExactly("C:BEGIN", "Z:T");
      direct.ask("BEGIN");
      assertThat(told(inside, atOnce)).isEqualTo(told(direct, atOnce));
      assertThat(inside.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
    }
  }

  @Test
  void whoPreparesAfterTheChangeIsToldNoErrorOnAServerThatHasThePlanOfBefore() {
    try (RawConnection before = PROXY.raw();
        RawConnection after = PROXY.raw()) {
      prepares(before);
      told(before, RUN);
      try (RawConnection blocks = elsewhere(before)) {
        told(before, RUN);
        PROXY.onServer("ALTER TABLE changing ADD b int");
        prepares(after);
        assertThat(told(after, RUN)).noneMatch(line -> line.startsWith("E"));
      }
      for (int i = 0; i < 3; i++) {
        try (RawConnection blocks = elsewhere(after)) {
          assertThat(told(after, RUN)).noneMatch(line -> line.startsWith("E")).hasSize(4);
        }
      }
    }
  }

  @Test
  void whoKnowsTheColumnsOfBeforeIsToldOnEachServerUntilItPreparesAnew() {
    try (RawConnection client = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      assertThat(prepares(client)).isEqualTo(prepares(direct));
      assertThat(told(client, RUN)).isEqualTo(told(direct, RUN));
      PROXY.onServer("ALTER TABLE changing ADD b int");

      List<String> error = told(direct, RUN);
      assertThat(error.getFirst())
          .isEqualTo("E:ERROR:0A000:cached plan must not change result type:RevalidateCachedQuery");
      List<String> undescribed = told(direct, describeStatement("s"), sync());
      for (int i = 0; i < 3; i++) {
        assertThat(told(client, RUN)).isEqualTo(error);
        assertThat(told(client, describeStatement("s"), sync())).isEqualTo(undescribed);
        try (RawConnection blocks = elsewhere(client)) {
          assertThat(told(client, RUN)).isEqualTo(error);
          assertThat(told(client, describeStatement("s"), sync())).isEqualTo(undescribed);
        }
      }
      assertThat(told(client, closeStatement("s"), sync()))
          .isEqualTo(told(direct, closeStatement("s"), sync()));
      assertThat(prepares(client)).isEqualTo(prepares(direct));
      assertThat(told(client, RUN)).isEqualTo(told(direct, RUN));
    }
  }

  @Test
  void whoHasDescribedAPortalKnowsTheColumnsToo() {
    byte[][] described = {
      parse("s", "SELECT * FROM changing"),
      bind("", "s"),
      describePortal(""),
      execute("", 0),
      sync()
    };
    try (RawConnection client = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      assertThat(told(client, described)).isEqualTo(told(direct, described));
      PROXY.onServer("ALTER TABLE changing ADD b int");
      List<String> error = told(direct, RUN);
      assertThat(told(client, RUN)).isEqualTo(error);
      try (RawConnection blocks = elsewhere(client)) {
        assertThat(told(client, RUN)).isEqualTo(error);
      }
    }
  }

  @Test
  void inATransactionTheErrorFailsItAsDirect() {
    try (RawConnection client = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      prepares(client);
      prepares(direct);
      PROXY.onServer("ALTER TABLE changing ADD b int");
      try (RawConnection blocks = elsewhere(client)) {
        for (RawConnection each : List.of(client, direct)) {
          each.ask("BEGIN");
          each.ask("INSERT INTO changing VALUES (7)");
        }
        assertThat(told(client, RUN)).isEqualTo(told(direct, RUN));
        assertThat(client.ask("SELECT 1")).containsExactly("E:ERROR:25P02", "Z:E");
        assertThat(client.ask("COMMIT")).containsExactly("C:ROLLBACK", "Z:I");
      }
      direct.ask("ROLLBACK");
      assertThat(client.value("SELECT count(*) FROM changing WHERE a = 7")).isEqualTo("0");
    }
  }

  @Test
  void aTableThatIsGoneShowsWhenItIsPreparedAndNotLater() {
    try (RawConnection before = PROXY.raw();
        RawConnection after = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      prepares(before);
      PROXY.onServer("DROP TABLE changing");
      assertThat(prepares(after)).isEqualTo(prepares(direct));
      assertThat(told(before, RUN).getFirst()).startsWith("E:ERROR:42P01");
      assertThat(told(after, bind("", "s"), sync()).getFirst()).startsWith("E:ERROR:26000");
    }
  }

  @Test
  void aFailedTransactionRefusesAParseThatServersKnow() {
    try (RawConnection before = PROXY.raw();
        RawConnection after = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      prepares(before);
      for (RawConnection each : List.of(after, direct)) {
        each.ask("BEGIN");
        each.ask("SELECT 1/0");
      }
      assertThat(prepares(after)).isEqualTo(prepares(direct));
    }
  }

  @Test
  void clientsWithTheirOwnSearchPathsDoNotGetInEachOthersWay() {
    PROXY.onServer(
        "DROP SCHEMA IF EXISTS one CASCADE",
        "DROP SCHEMA IF EXISTS two CASCADE",
        "CREATE SCHEMA one",
        "CREATE SCHEMA two",
        "CREATE TABLE one.own(a int)",
        "CREATE TABLE two.own(a text, b text)",
        "INSERT INTO one.own VALUES (1)",
        "INSERT INTO two.own VALUES ('x', 'y')");
    try (RawConnection one = PROXY.raw();
        RawConnection two = PROXY.raw()) {
      one.ask("SET search_path = one");
      two.ask("SET search_path = two");
      for (RawConnection each : List.of(one, two)) {
        told(each, parse("s", "SELECT * FROM own"), describeStatement("s"), sync());
      }
      for (int i = 0; i < 4; i++) {
        for (RawConnection each : List.of(one, two)) {
          assertThat(told(each, RUN)).noneMatch(line -> line.startsWith("E")).hasSize(4);
        }
        try (RawConnection blocks = elsewhere(one)) {
          assertThat(told(two, RUN)).noneMatch(line -> line.startsWith("E"));
          assertThat(told(one, RUN)).noneMatch(line -> line.startsWith("E"));
        }
      }
    }
  }

  @Test
  void parametersKeepTheTypesThatTheClientWasToldOnEveryServer() {
    byte[] binary =
        frame(
            'B',
            cstring(""),
            cstring("s"),
            int16(1),
            int16(1),
            int16(1),
            int32(4),
            int32(1),
            int16(0));
    try (RawConnection client = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      for (RawConnection each : List.of(client, direct)) {
        told(
            each,
            parse("s", "SELECT 'x' FROM changing WHERE a = $1"),
            describeStatement("s"),
            sync());
      }
      PROXY.onServer("ALTER TABLE changing ALTER a TYPE bigint");
      try (RawConnection blocks = elsewhere(client)) {
        assertThat(told(client, binary, execute("", 0), sync()))
            .isEqualTo(told(direct, binary, execute("", 0), sync()))
            .hasSize(4);
      }
    }
  }

  @Test
  void pgjdbcGoesOnUnharmed() throws SQLException {
    try (Connection before = PROXY.connect("prepareThreshold", "-1");
        Connection after = PROXY.connect("prepareThreshold", "-1");
        var old = before.prepareStatement("SELECT * FROM changing")) {
      old.executeQuery().close();
      old.executeQuery().close();
      PROXY.onServer("ALTER TABLE changing ADD b int");
      after.setAutoCommit(false);
      try (var fresh = after.prepareStatement("SELECT * FROM changing")) {
        assertThat(fresh.executeQuery().getMetaData().getColumnCount()).isEqualTo(2);
      }
      after.commit();
      assertThat(old.executeQuery().getMetaData().getColumnCount()).isEqualTo(2);
    }
  }
}
