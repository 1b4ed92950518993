package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is remembered for one user answers no other, however alike their statements are. */
class SharedCachesIT {
  private static final String ANNA = TestPostgres.freshName("it_anna");
  private static final String BEN = TestPostgres.freshName("it_ben");

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1)
          .anotherUser("username = \"" + ANNA + "\"", "auth_type = \"trust\"", "pool_size = 1")
          .anotherUser("username = \"" + BEN + "\"", "auth_type = \"trust\"", "pool_size = 1");

  @BeforeAll
  static void createRows() {
    PROXY.onServer(
        "CREATE ROLE " + ANNA + " LOGIN",
        "CREATE ROLE " + BEN + " LOGIN",
        "CREATE TABLE letters(owner text, body text)",
        "INSERT INTO letters VALUES ('" + ANNA + "', 'to anna'), ('" + BEN + "', 'to ben')",
        "ALTER TABLE letters ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON letters USING (owner = current_user)",
        "GRANT SELECT ON letters TO " + ANNA + ", " + BEN,
        "CREATE TABLE annas(a text)",
        "INSERT INTO annas VALUES ('hers')",
        "GRANT SELECT ON annas TO " + ANNA);
  }

  @AfterAll
  static void dropRoles() {
    PROXY.onServer(
        "DROP TABLE letters, annas", "DROP ROLE IF EXISTS " + ANNA, "DROP ROLE IF EXISTS " + BEN);
  }

  private static RawConnection raw(String user) {
    return RawConnection.login(PROXY.port(), ProxyUnderTest.DATABASE, user);
  }

  private static List<String> bodies(RawConnection connection) {
    List<String> bodies = new ArrayList<>();
    for (RawConnection.Message message : connection.untilReady()) {
      switch (message.tag()) {
        case 'D' -> bodies.add(message.text().replaceAll("[^a-z ]", ""));
        case 'E' -> bodies.add(message.field('C'));
        default -> {}
      }
    }
    return bodies;
  }

  @Test
  void the_same_statement_under_the_same_name_reads_the_own_rows_CVE_2024_45624() {
    try (RawConnection anna = raw(ANNA);
        RawConnection ben = raw(BEN)) {
      anna.send(parse("s", "SELECT body FROM letters"), sync()).untilReady();
      ben.send(parse("s", "SELECT body FROM letters"), sync()).untilReady();
      for (int round = 0; round < 20; round++) {
        anna.send(bind("", "s"), execute("", 0), sync());
        ben.send(bind("", "s"), execute("", 0), sync());

        assertThat(bodies(anna)).containsExactly("to anna");
        assertThat(bodies(ben)).containsExactly("to ben");
      }
    }
  }

  @Test
  void a_statement_that_one_user_may_run_is_refused_to_another_CVE_2024_45624() {
    try (RawConnection anna = raw(ANNA);
        RawConnection ben = raw(BEN)) {
      for (int round = 0; round < 5; round++) {
        anna.send(parse("", "SELECT a FROM annas"), bind("", ""), execute("", 0), sync());
        ben.send(parse("", "SELECT a FROM annas"), bind("", ""), execute("", 0), sync());

        assertThat(bodies(anna)).containsExactly("hers");
        assertThat(bodies(ben)).containsExactly("42501");
      }
    }
  }
}
