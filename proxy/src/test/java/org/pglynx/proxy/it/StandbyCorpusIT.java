package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.route.FunctionQuestion;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.RoutePlan;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;
import org.pglynx.proxy.route.StatementCorpus;

/**
 * Whatever is sent to a replica succeeds there: the corpus and random texts on a real standby, by
 * what the real primary says of its functions.
 */
class StandbyCorpusIT {
  /** The same texts in every build; a longer search has others each time. */
  private static final long SEED = 20_261_126;

  @TempDir static Path directory;

  private static InstalledPostgres primary;
  private static InstalledPostgres standby;
  private static Router router;

  @BeforeAll
  static void follow() throws SQLException {
    primary = InstalledPostgres.primary(directory);
    primary.execute(String.join("\n", StatementCorpus.schema()));
    Path data = directory.resolve("standby");
    Program.Outcome copied =
        Program.require("pg_basebackup")
            .run(
                Map.of(),
                List.of(
                    "-h",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(primary.port()),
                    "-U",
                    "postgres",
                    "-D",
                    data.toString(),
                    "-R",
                    "-X",
                    "stream",
                    "-c",
                    "fast",
                    "--no-sync"));
    assertThat(copied.exit()).as(copied.output()).isZero();
    standby = InstalledPostgres.start(data);
    assertThat(standby.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
    router = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20));
    router.knows(FunctionQuestion.read(functions()));
  }

  private static List<String[]> functions() throws SQLException {
    List<String[]> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + primary.port() + "/postgres?user=postgres");
        PreparedStatement question =
            connection.prepareStatement(FunctionQuestion.SQL.replace("$1", "?"))) {
      question.setString(1, FunctionQuestion.TRUSTED);
      try (ResultSet found = question.executeQuery()) {
        while (found.next()) {
          rows.add(new String[] {found.getString(1), found.getString(2)});
        }
      }
    }
    return rows;
  }

  @AfterAll
  static void stop() {
    if (standby != null) {
      standby.close();
    }
    if (primary != null) {
      primary.close();
    }
  }

  private static boolean reads(String sql) {
    ByteBuf text = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);
    RoutePlan plan = router.on(Runnable::run).plan(text, 0, text.readableBytes(), false);
    return plan.reads(router.catalog(), false);
  }

  @Test
  void theCorpusGoesWhereItMayRunByWhatTheDatabaseSays() {
    assertThat(StatementCorpus.all())
        .allSatisfy(each -> assertThat(reads(each.sql())).as(each.sql()).isEqualTo(each.replica()));
  }

  @Test
  void whatGoesToAReplicaSucceedsThere() {
    List<String> failed = new ArrayList<>();
    try (RawConnection server = RawConnection.login(standby.port(), "postgres", "postgres")) {
      for (StatementCorpus.Case each : StatementCorpus.all()) {
        if (reads(each.sql())) {
          String error = error(server, each.sql());
          if (error != null) {
            failed.add(each.sql() + ": " + error);
          }
          error(server, "ROLLBACK");
        }
      }
    }

    assertThat(failed).isEmpty();
  }

  /** The text of the error that the statement gives, or null. */
  private static @Nullable String error(RawConnection server, String sql) {
    server.send(RawConnection.query(sql));
    return server.untilReady().stream()
        .filter(reply -> reply.tag() == 'E')
        .map(RawConnection.Message::text)
        .findFirst()
        .orElse(null);
  }

  /** A text may be wrong, and the server says so; but not that it is a standby. */
  @Test
  void noRandomTextThatGoesToAReplicaNeedsThePrimary() {
    long seed =
        Long.getLong("fuzz.seed", Long.getLong("fuzz.seconds") == null ? SEED : System.nanoTime());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 4));
    RandomSql texts = new RandomSql(new Random(seed));
    List<String> wrong = new ArrayList<>();
    int sent = 0;
    try (RawConnection server = RawConnection.login(standby.port(), "postgres", "postgres")) {
      while (System.nanoTime() < end) {
        String sql = texts.text();
        if (reads(sql)) {
          sent++;
          String error = error(server, sql);
          if (error != null && (error.contains("recovery") || error.contains("read-only"))) {
            wrong.add("<" + sql + ">: " + error);
          }
          error(server, "ROLLBACK");
        }
      }
    }

    assertThat(wrong).as("seed %s", seed).isEmpty();
    assertThat(sent).as("some texts only read").isPositive();
  }
}
