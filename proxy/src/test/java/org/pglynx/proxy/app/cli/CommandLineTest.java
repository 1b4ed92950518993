package org.pglynx.proxy.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Unit: what the commands print and how they exit. */
class CommandLineTest {
  private static final String GOOD =
      """
      [general]
      port = 7000
      [pools.shop]
      users.0 = { username = "anna", auth_type = "trust", pool_size = 5 }
      shards.0 = { database = "shop_db", servers = [["db1", 5432, "primary"]] }
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path dir;

  @Test
  void versionIsTheOneOfTheBuild() {
    assertThat(execute(new FakeLauncher(), "--version")).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).matches("(?s)pglynx \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void helpNamesTheCommands() {
    assertThat(execute(new FakeLauncher(), "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).contains("Usage: pglynx", "run ", "check ");
  }

  @Test
  void routeSaysWhereAStatementGoesWithoutAServer() throws IOException {
    String sharded =
        GOOD
            + """
            shards.1 = { database = "b", servers = [["db2", 5432, "primary"]] }
            [[pools.shop.sharded_tables]]
            name = "t"
            columns = ["region"]
            types = ["text"]
            mapping = [{shard = 1, values = ["eu"]}, {shard = 0}]
            [[pools.shop.sharded_tables]]
            name = "settings"
            shard = 1
            """;
    String file = Files.writeString(dir.resolve("p.toml"), sharded).toString();

    assertThat(route(file, "SELECT a FROM t WHERE region = 'eu'")).isEqualTo("shard: 1");
    assertThat(route(file, "SELECT a FROM t WHERE region = ANY('{us,asia}')"))
        .isEqualTo("shard: 0");
    assertThat(route(file, "SELECT a FROM t WHERE region = $1")).contains("parameters");
    assertThat(route(file, "UPDATE settings SET a = 1")).isEqualTo("shard: 1");
    assertThat(route(file, "SELECT a FROM t")).contains("shards: all 2", "rows: as they come");
    assertThat(route(file, "SELECT a, sum(b) FROM t GROUP BY a"))
        .contains("each shard: SELECT (a), sum(b)", "otherwise of the tables are collected");
    assertThat(route(file, "SELECT nextval('s') FROM t")).contains("refused: 0A000");
    assertThat(route(file, "SELECT * FROM t, settings")).contains("refused: 0A000");
  }

  private String route(String file, String sql) {
    out.getBuffer().setLength(0);
    assertThat(execute(new FakeLauncher(), "route", file, "--sql", sql)).isEqualTo(ExitCode.OK);
    return out.toString().strip();
  }

  @Test
  void routeNeedsAPoolOfSeveralShards() throws IOException {
    String file = Files.writeString(dir.resolve("p.toml"), GOOD).toString();

    assertThat(execute(new FakeLauncher(), "route", file, "--sql", "SELECT 1"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("pools of several shards");
  }

  @Test
  void noCommandIsAWrongCommandLine() {
    assertThat(execute(new FakeLauncher())).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("Missing required subcommand", "Usage: pglynx");
  }

  @Test
  void anUnknownOptionIsAWrongCommandLine() {
    assertThat(execute(new FakeLauncher(), "check", "--colour", "x")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("Unknown option: '--colour'");
  }

  @Test
  void checkSaysThatAGoodFileIsGood() {
    String file = file(GOOD);

    assertThat(execute(new FakeLauncher(), "check", file)).isEqualTo(ExitCode.OK);

    assertThat(out).hasToString(file + ": good; pools: shop" + System.lineSeparator());
  }

  @Test
  void checkPrintsNotices() {
    String file = file(GOOD.replace("port = 7000", "dns_cache_enabled = true"));

    assertThat(execute(new FakeLauncher(), "check", file)).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).startsWith(file + ":2:1: general.dns_cache_enabled has no effect: ");
  }

  @Test
  void checkPrintsEveryFaultAndExitsWithTheConfigurationCode() {
    String file = file(GOOD.replace("port", "prot").replace("= 5", "= 0"));

    assertThat(execute(new FakeLauncher(), "check", file)).isEqualTo(ExitCode.CONFIG);

    assertThat(err.toString().lines())
        .containsExactly(
            file + ":2:1: general.prot: unknown key; did you mean \"port\"?",
            file + ":4:53: pools.shop.users.0.pool_size: 0 is out of range; allowed is 1 to 10000");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void runStartsTheProxyOfTheFileAndClosesIt() {
    FakeLauncher launcher = new FakeLauncher();

    assertThat(execute(launcher, "run", file(GOOD))).isEqualTo(ExitCode.OK);

    assertThat(launcher.started)
        .singleElement()
        .satisfies(config -> assertThat(config.general().port()).isEqualTo(7000));
    assertThat(launcher.closed).isEqualTo(1);
  }

  @Test
  void aFileAloneIsRun() {
    assertThat(PglynxCommand.withCommand("pgbouncer.ini")).containsExactly("run", "pgbouncer.ini");
    assertThat(PglynxCommand.withCommand("/etc/pgcat.toml"))
        .containsExactly("run", "/etc/pgcat.toml");
    assertThat(PglynxCommand.withCommand("--version")).containsExactly("--version");
    assertThat(PglynxCommand.withCommand("demo")).containsExactly("demo");
    assertThat(PglynxCommand.withCommand("check", "x.toml")).containsExactly("check", "x.toml");
    assertThat(PglynxCommand.withCommand()).isEmpty();
  }

  @Test
  void convertPrintsOurOwnAndTellsOnStandardErrorWhatIsNotServed() throws IOException {
    Path ini = dir.resolve("pgbouncer.ini");
    Files.writeString(ini, "[databases]\nshop = host=db1\n[pgbouncer]\nauth_user = asking\n");

    assertThat(execute(new FakeLauncher(), "convert", ini.toString())).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("[pools.\"shop\"]", "pool_mode = \"session\"");
    assertThat(err.toString()).isEmpty();

    Files.writeString(ini, Files.readString(ini) + "auth_type = pam\n");
    assertThat(execute(new FakeLauncher(), "convert", ini.toString())).isEqualTo(ExitCode.CONFIG);
    assertThat(err.toString()).startsWith(ini + ":5:1: auth_type: \"pam\" is not served");
  }

  @Test
  void runDoesNotStartWithAFaultyFile() {
    FakeLauncher launcher = new FakeLauncher();

    assertThat(execute(launcher, "run", file("[general"))).isEqualTo(ExitCode.CONFIG);

    assertThat(launcher.started).isEmpty();
    assertThat(err.toString()).contains(":1:9: Unexpected end of");
  }

  @Test
  void runNamesTheAddressThatItCannotListenOn() {
    ProxyLauncher launcher =
        _ -> {
          throw new UncheckedIOException(new BindException("Address already in use"));
        };

    assertThat(execute(launcher, "run", file(GOOD))).isEqualTo(ExitCode.UNAVAILABLE);

    assertThat(err.toString().lines())
        .containsExactly(
            "cannot listen on 0.0.0.0:7000: another process listens there"
                + " (Address already in use)");
  }

  @Test
  void runNamesAHostThatDoesNotExist() {
    ProxyLauncher launcher =
        _ -> {
          throw new UnresolvedAddressException();
        };

    assertThat(execute(launcher, "run", file(GOOD))).isEqualTo(ExitCode.UNAVAILABLE);

    assertThat(err.toString()).contains("cannot listen on 0.0.0.0:7000: the host name is unknown");
  }

  @Test
  void runExitsWithTheSoftwareCodeWhenTheFaultIsOurs() {
    ProxyLauncher launcher =
        _ -> {
          throw new IllegalStateException("a bug");
        };

    assertThat(execute(launcher, "run", file(GOOD))).isEqualTo(ExitCode.SOFTWARE);

    assertThat(err.toString()).contains("a bug");
  }

  private int execute(ProxyLauncher launcher, String... arguments) {
    CommandLine line = PglynxCommand.commandLine(launcher);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private String file(String toml) {
    try {
      return Files.writeString(dir.resolve("p.toml"), toml).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
