package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** psql, pgbench and node's pg do through the proxy what they do with the server. */
class ProgramsIT {
  /** The node client under test; npm fetches it. */
  private static final String NODE_PG = "pg@8";

  @RegisterExtension static final ProxyUnderTest TRANSACTION = ProxyUnderTest.deferring(5);

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(12);

  @BeforeAll
  static void createTables() {
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION)) {
      proxy.onServer("CREATE TABLE item(id int PRIMARY KEY, name text)");
    }
  }

  private static ProxyUnderTest proxy(String mode) {
    return mode.equals("session") ? SESSION : TRANSACTION;
  }

  private static Map<String, String> environment(ProxyUnderTest proxy) {
    return Map.of(
        "PGHOST", "127.0.0.1",
        "PGPORT", String.valueOf(proxy.port()),
        "PGUSER", "postgres",
        "PGDATABASE", "app",
        "PGCONNECT_TIMEOUT", "10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session"})
  void psqlRunsAScript(String mode) {
    Program psql = Program.require("psql");
    String script =
        """
        \\set ON_ERROR_STOP on
        SELECT 'one', 2;
        BEGIN; INSERT INTO item VALUES (1, 'first'); SAVEPOINT s;
        ROLLBACK TO s; COMMIT;
        \\copy item FROM PSTDIN
        2\tsecond
        3\tthird
        \\.
        \\copy (SELECT * FROM item ORDER BY id) TO STDOUT
        DELETE FROM item;
        \\d item
        \\dt
        \\conninfo
        SELECT 'last';
        """
            .replace("PSTDIN", "STDIN");

    Program.Outcome outcome =
        psql.run(environment(proxy(mode)), Path.of("."), script, List.of("-X", "-At"));

    assertThat(outcome.output())
        .contains(
            "one|2", "1\tfirst\n2\tsecond\n3\tthird", "DELETE 3", "id|integer||not null|", "last");
    assertThat(outcome.exit()).isZero();
  }

  /** psql looks for notifications behind each command. */
  @Test
  void psqlHearsBehindACallOfPgmlWhatWasNotifiedWhileItRan() {
    String load = "SELECT * FROM pgml.load_dataset('iris');";
    try (RawConnection witness = TRANSACTION.raw();
        RawConnection blocker = TRANSACTION.direct()) {
      witness.ask("CREATE EXTENSION IF NOT EXISTS pgml");
      assertThat(witness.ask(load)).contains("C:SELECT 1");
      blocker.ask("BEGIN; LOCK TABLE pgml.iris");
      CompletableFuture<Program.Outcome> run =
          runs("LISTEN news; SELECT 'listens';\n" + load + "\nSELECT 'last';");
      awaitWaiter();

      // Told behind psql, whose turn has come before.
      witness.ask("LISTEN news");
      try (RawConnection notifier = TRANSACTION.direct()) {
        notifier.ask("NOTIFY news");
      }
      assertThat(witness.next().tag()).isEqualTo('A');
      blocker.ask("COMMIT");

      assertThat(run.join().output())
          .containsSubsequence("listens", "pgml.iris|150", "Asynchronous notification", "last");
    }
  }

  private static CompletableFuture<Program.Outcome> runs(String script) {
    Program psql = Program.require("psql");
    return CompletableFuture.supplyAsync(
        () -> psql.run(environment(TRANSACTION), Path.of("."), script, List.of("-X", "-At")));
  }

  private static void awaitWaiter() {
    Eventually.equal(
        () ->
            TRANSACTION.valueOnServer(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                    + " 'pgml.iris'::regclass"),
        "1");
  }

  @Test
  void psqlIsToldWhatIsWrong() {
    Program psql = Program.require("psql");

    Program.Outcome outcome =
        psql.run(
            environment(TRANSACTION),
            List.of("-X", "-v", "VERBOSITY=verbose", "-c", "SELECT nothing"));

    assertThat(outcome.output()).contains("42703").contains("column \"nothing\" does not exist");
    assertThat(outcome.exit()).isEqualTo(1);
  }

  @Test
  void psqlIsToldThatTheDatabaseIsUnknown() {
    Program psql = Program.require("psql");

    Program.Outcome outcome =
        psql.run(environment(TRANSACTION), List.of("-X", "-d", "nowhere", "-c", "SELECT 1"));

    assertThat(outcome.output()).contains("database \"nowhere\" does not exist");
    assertThat(outcome.exit()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "transaction, simple, tpcb-like, false",
    "transaction, extended, tpcb-like, false",
    "transaction, prepared, select-only, false",
    "transaction, prepared, select-only, true",
    "session, simple, tpcb-like, false",
    "session, prepared, tpcb-like, true"
  })
  void pgbenchRunsWithoutAFailure(
      String mode, String protocol, String script, boolean reconnecting) {
    Program pgbench = Program.require("pgbench");
    ProxyUnderTest proxy = proxy(mode);
    initialise(pgbench, proxy);
    // pgbench blocks a thread while it prepares, so with fewer servers than clients it stops itself
    // if the same thread's other clients hold all servers in transactions: hence select-only.
    List<String> arguments =
        new ArrayList<>(
            List.of("-n", "-b", script, "-M", protocol, "-c", "10", "-j", "2", "-T", "2"));
    if (reconnecting) {
      arguments.add("-C");
    }

    Program.Outcome outcome = pgbench.run(environment(proxy), arguments);

    assertThat(outcome.output())
        .contains("number of failed transactions: 0")
        .doesNotContain("ERROR");
    assertThat(outcome.exit()).isZero();
  }

  private static void initialise(Program pgbench, ProxyUnderTest proxy) {
    if (proxy.valueOnServer("SELECT to_regclass('pgbench_accounts') IS NULL").equals("t")) {
      Program.Outcome outcome = pgbench.run(environment(proxy), List.of("-i", "-q", "-s", "1"));
      assertThat(outcome.exit()).as(outcome.output()).isZero();
    }
  }

  @Test
  void pgDumpAndPsqlCarryADatabaseAcross() {
    Program dump = Program.require("pg_dump");
    Program psql = Program.require("psql");
    String server = SESSION.valueOnServer("SHOW server_version_num");
    assumeTrue(
        majorOf(dump) >= Integer.parseInt(server) / 10_000, "pg_dump is older than the server");
    SESSION.onServer("CREATE TABLE carried AS SELECT i FROM generate_series(1, 1000) i");

    Program.Outcome dumped = dump.run(environment(SESSION), List.of("-t", "carried"));
    SESSION.onServer("DROP TABLE carried");
    psql.run(environment(SESSION), Path.of("."), dumped.output(), List.of("-X", "-q"));

    assertThat(SESSION.valueOnServer("SELECT sum(i) FROM carried")).isEqualTo("500500");
  }

  private static int majorOf(Program program) {
    String version = program.run(Map.of(), List.of("--version")).output();
    String digits = version.replaceAll("^\\D*(\\d+).*", "$1").strip();
    return Integer.parseInt(digits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session"})
  void nodesPgRunsItsScript(String mode, @TempDir Path directory) throws IOException {
    Program node = Program.require("node");
    Program npm = Program.require("npm");
    Program.Outcome installed =
        npm.run(
            Map.of(),
            directory,
            "",
            List.of("install", "--silent", "--no-save", "--no-audit", NODE_PG));
    assumeTrue(installed.exit() == 0, () -> "npm cannot install pg: " + installed.output());
    Path script = directory.resolve("relay.js");
    Files.copy(Path.of("src", "test", "node", "relay.js"), script);

    Program.Outcome outcome =
        node.run(environment(proxy(mode)), directory, "", List.of(script.toString()));

    assertThat(outcome.output()).contains("all done");
    assertThat(outcome.exit()).isZero();
  }
}
