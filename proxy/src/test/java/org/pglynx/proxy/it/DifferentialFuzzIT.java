package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scripts by chance have the same outcome, played to the server itself and through the proxy. For
 * some seconds; {@code -Dfuzz.seconds} searches longer, {@code -Dfuzz.seed} repeats.
 */
class DifferentialFuzzIT {
  /** The same scripts in every build; a longer search has others each time. */
  private static final long SEED = 20_261_126;

  private static final int PATIENCE_MILLIS = 4_000;

  /** Postgres 18 confuses itself with a Query amid an unsynced batch now and then. */
  private static final String SERVERS_OWN_FAULT = "XX000StartTransactionCommand";

  @RegisterExtension static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.deferring(3);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(3);

  @BeforeAll
  static void createTable() {
    TRANSACTION_MODE.onServer("CREATE TABLE numbers(n int)");
    SESSION_MODE.onServer("CREATE TABLE numbers(n int)");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"transaction mode, false", "session mode, true"})
  void scriptsByChanceAreAnsweredAsByTheServer(String mode, boolean state) {
    ProxyUnderTest proxy = state ? SESSION_MODE : TRANSACTION_MODE;
    long seed =
        Long.getLong("fuzz.seed", Long.getLong("fuzz.seconds") == null ? SEED : System.nanoTime());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 4));
    Random random = new Random(seed);
    int played = 0;
    while (System.nanoTime() < end) {
      RandomScript script = RandomScript.random(random, state);
      played++;
      if (differs(proxy, script)) {
        RandomScript shorter = shortened(proxy, script);
        assertThat(through(proxy, shorter))
            .as("%s, seed %s, script %s, shortened %s", mode, seed, played, shorter)
            .isEqualTo(direct(proxy, shorter));
      }
    }
    System.out.println(mode + ": " + played + " scripts with seed " + seed);
  }

  private static boolean differs(ProxyUnderTest proxy, RandomScript script) {
    List<String> direct = direct(proxy, script);
    List<String> through = through(proxy, script);
    boolean confused = (direct + "" + through).contains(SERVERS_OWN_FAULT);
    return !confused && !through.equals(direct);
  }

  private static List<String> direct(ProxyUnderTest proxy, RandomScript script) {
    try (RawConnection connection = proxy.direct()) {
      return script.play(connection.patience(PATIENCE_MILLIS));
    }
  }

  private static List<String> through(ProxyUnderTest proxy, RandomScript script) {
    try (RawConnection connection = proxy.raw()) {
      return script.play(connection.patience(PATIENCE_MILLIS));
    }
  }

  private static RandomScript shortened(ProxyUnderTest proxy, RandomScript script) {
    RandomScript best = script;
    for (int i = best.messages().size() - 1; i >= 0; i--) {
      RandomScript fewer = best.without(i);
      best = differs(proxy, fewer) ? fewer : best;
    }
    return best;
  }
}
