package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementKind;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenRange;

/**
 * The lexer finds as many statements in a text, and of the kinds, as the server completes; and what
 * the server understands is not broken to it. For some seconds; {@code -Dfuzz.seconds} searches
 * longer, {@code -Dfuzz.seed} repeats.
 */
class LexerDifferentialIT {
  /** The same texts in every build; a longer search has others each time. */
  private static final long SEED = 20_261_126;

  private final TestPostgres postgres = TestPostgres.shared();
  private final List<String> wrong = new ArrayList<>();
  private int understood;
  private int played;

  @Test
  void statementsEndWhereTheServerEndsThem() {
    long seed =
        Long.getLong("fuzz.seed", Long.getLong("fuzz.seconds") == null ? SEED : System.nanoTime());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 4));
    RandomSql texts = new RandomSql(new Random(seed));
    try (RawConnection server = RawConnection.login(postgres.port(), "postgres", "postgres")) {
      while (System.nanoTime() < end && wrong.size() < 10) {
        compare(server, texts.text());
      }
    }
    System.out.println(
        played + " texts with seed " + seed + ", of which the server completed " + understood);

    assertThat(wrong).as("seed %s", seed).isEmpty();
    assertThat(understood).as("the texts are mostly understood").isGreaterThan(played / 3);
  }

  private void compare(RawConnection server, String text) {
    played++;
    List<String> tags = new ArrayList<>();
    boolean failed = false;
    server.send(RawConnection.query(text));
    for (RawConnection.Message reply : server.untilReady()) {
      switch (reply.tag()) {
        case 'C' -> tags.add(reply.text());
        case 'E' -> failed = true;
        default -> {}
      }
    }
    understood += failed ? 0 : 1;
    SqlTokens tokens = SqlTokens.of(text);
    List<String> found =
        Statements.split(tokens).stream().map(range -> kind(tokens, range)).toList();
    boolean same =
        failed
            ? tags.size() <= found.size() || tokens.broken()
            : !tokens.broken()
                && tags.stream().map(LexerDifferentialIT::kind).toList().equals(found);
    if (!same) {
      wrong.add(
          "<%s> has %s%s, found were %s%s"
              .formatted(
                  text,
                  tags,
                  failed ? " and an error" : "",
                  found,
                  tokens.broken() ? ", broken" : ""));
    }
  }

  /** EXPLAIN, SHOW and the like are their own tags; all that reads is SELECT. */
  private static String kind(SqlTokens tokens, TokenRange range) {
    return switch (StatementKind.of(tokens, range)) {
      case WITH, VALUES, TABLE -> "SELECT";
      default -> StatementKind.of(tokens, range).name();
    };
  }

  private static String kind(String tag) {
    return Stream.of(tag.split(" ")).findFirst().orElse("");
  }
}
