package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defects that other poolers have had, by their numbers; docs/known-failures.md is the index. */
class KnownFailuresIT {
  private static final int LARGE = 200_000;

  /** All clients share one event loop, so that one that blocks it is found out. */
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(2).general("worker_threads = 1");

  @RegisterExtension
  static final ProxyUnderTest ONE_SERVER =
      ProxyUnderTest.transactionMode(1).general("worker_threads = 1");

  @RegisterExtension
  static final ProxyUnderTest SESSION_MODE =
      ProxyUnderTest.sessionMode(4).general("worker_threads = 1");

  @BeforeAll
  static void createTable() {
    PROXY.onServer("CREATE TABLE numbers(n int)", "CREATE TABLE wide(a text)");
  }

  static List<ProxyUnderTest> proxies() {
    return List.of(PROXY, SESSION_MODE);
  }

  private static byte[] batch(String sql) {
    return join(parse("", sql), bind("", ""), execute("", 0), sync());
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void aStalledReaderHoldsUpNobodyElse_d7079a88(ProxyUnderTest proxy) {
    try (RawConnection stalled = proxy.raw();
        RawConnection other = proxy.raw()) {
      stalled.send(query("SELECT i, repeat('x', 1000) FROM generate_series(1, 50000) i"));
      for (int i = 0; i < 50; i++) {
        assertThat(other.value("SELECT 'mine " + i + "'")).isEqualTo("mine " + i);
      }

      List<RawConnection.Message> all = stalled.untilReady();
      assertThat(all).hasSize(50_003);
      assertThat(all.get(50_000).text()).contains("50000").endsWith("x");
    }
  }

  @Test
  void theServerOfAStalledReaderIsNobodyElsesBeforeItsBytesAreOut_d7079a88() {
    try (RawConnection stalled = ONE_SERVER.raw();
        RawConnection other = ONE_SERVER.raw()) {
      stalled.send(query("SELECT repeat('x', 1000) FROM generate_series(1, 50000)"));
      assertThat(stalled.next().tag()).isEqualTo('T');
      other.send(query("SELECT 'other'"));

      assertThat(stalled.untilReady())
          .hasSize(50_002)
          .noneMatch(each -> each.text().equals("other"));
      assertThat(other.untilReady().get(1).text()).endsWith("other");
    }
  }

  @Test
  void aStalledReaderThatDiesGivesItsServerBack_d7079a88() {
    try (RawConnection other = ONE_SERVER.raw()) {
      RawConnection stalled = ONE_SERVER.raw();
      stalled.send(query("SELECT repeat('x', 1000) FROM generate_series(1, 10000000)"));
      assertThat(stalled.next().tag()).isEqualTo('T');
      stalled.reset();

      assertThat(other.value("SELECT 'other'")).isEqualTo("other");
    }
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void largeStatementsWithLargeRepliesDoNotBlockEachOther_376e80fa_pgcat_15(ProxyUnderTest proxy)
      throws InterruptedException {
    int depth = 100;
    String text = "y".repeat(LARGE);
    byte[] one = batch("SELECT '" + text + "' || repeat('x', " + LARGE + ")");
    try (RawConnection connection = proxy.raw()) {
      // The client too reads nothing until it has sent far more than all socket buffers hold.
      Thread sender =
          Thread.ofPlatform()
              .start(() ->
                  connection.send(join(Collections.nCopies(depth, one).toArray(byte[][]::new))));
      Eventually.pause(300);
      for (int i = 0; i < depth; i++) {
        List<RawConnection.Message> replies = connection.untilReady();
        assertThat(replies).hasSize(5);
        assertThat(replies.get(2).body()).hasSize(2 + 4 + 2 * LARGE);
      }
      sender.join();
    }
  }

  @Test
  void largeCopiesInBothDirectionsOnOneLoopDoNotBlockEachOther_376e80fa()
      throws InterruptedException {
    byte[] line = RawConnection.copyData("z".repeat(LARGE) + "\n");
    try (RawConnection in = PROXY.raw();
        RawConnection out = PROXY.raw()) {
      out.send(query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT"));
      in.send(query("COPY wide FROM STDIN"));
      assertThat(in.next().tag()).isEqualTo('G');
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 100; i++) {
                  in.send(line);
                }
                in.send(RawConnection.copyDone());
              });
      assertThat(in.shapes(1)).containsExactly("C:COPY 100", "Z:I");
      sender.join();
      assertThat(out.untilReady()).hasSize(100_004);
    }
  }

  @Test
  void repliesOfAPipelineNeverReachAnotherClient_714() {
    try (RawConnection first = ONE_SERVER.raw();
        RawConnection second = ONE_SERVER.raw()) {
      for (int round = 0; round < 50; round++) {
        first.send(sync(), batch("SELECT 'first'"), sync(), batch("SELECT 'first'"));
        second.send(sync(), batch("SELECT 'second'"), query("SELECT 'second'"));

        assertThat(texts(first, 4)).containsExactly("first", "first");
        assertThat(texts(second, 3)).containsExactly("second", "second");
      }
    }
  }

  @Test
  void aTransactionBegunBehindAnEarlySyncKeepsItsServer_1061_1172() {
    try (RawConnection first = ONE_SERVER.raw();
        RawConnection second = ONE_SERVER.raw()) {
      first.send(batch("SELECT 1"), query("BEGIN"), batch("SELECT 2"));
      assertThat(first.shapes(3)).endsWith("Z:T");
      second.send(query("SELECT 'second'"));
      first.send(query("SELECT 'first'"), query("COMMIT"));

      assertThat(texts(first, 2)).containsExactly("first");
      assertThat(texts(second, 1)).containsExactly("second");
      assertThat(ONE_SERVER.serverProcesses("idle in transaction%")).isZero();
    }
  }

  @Test
  void aFailedCopyAndALateCopyDoneCostNoServer_1471() {
    try (RawConnection first = PROXY.raw()) {
      for (int round = 0; round < 20; round++) {
        first.send(
            query("COPY numbers FROM STDIN"),
            RawConnection.copyData("not a number\n"),
            RawConnection.copyDone());
        assertThat(first.shapes(1)).containsExactly("G", "E:ERROR:22P02", "Z:I");
      }
      assertThat(first.value("SELECT 'alive'")).isEqualTo("alive");
    }
    // One more may still listen for the clients of another test.
    assertThat(PROXY.serverProcesses("")).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void aListenerHearsWithoutAsking_pgcat_20(ProxyUnderTest proxy) {
    try (RawConnection listener = proxy.raw()) {
      listener.ask("LISTEN news");
      proxy.onServer("NOTIFY news, 'hello'");

      RawConnection.Message heard = listener.next();
      assertThat(heard.tag()).isEqualTo('A');
      assertThat(heard.text()).contains("news").endsWith("hello");
    }
  }

  @Test
  void aSessionWhoseServerIsToldToEndWhileIdleHearsItAtOnce_pgcat_20() {
    try (RawConnection connection = SESSION_MODE.raw()) {
      String pid = connection.value("SELECT pg_backend_pid()");
      SESSION_MODE.onServer("SELECT pg_terminate_backend(" + pid + ")");

      RawConnection.Message last = connection.next();
      assertThat(last.shape()).isEqualTo("E:FATAL:57P01");
      assertThat(connection.next().tag()).isEqualTo('\0');
    }
  }

  @Test
  void aClientWithoutServerDoesNotNoticeThatOneIsToldToEnd_pgcat_20() {
    try (RawConnection connection = PROXY.raw()) {
      String pid = connection.value("SELECT pg_backend_pid()");
      PROXY.onServer("SELECT pg_terminate_backend(" + pid + ")");

      Eventually.pause(200);
      assertThat(connection.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }

  /** The values of one column of letters. */
  private static List<String> texts(RawConnection connection, int readies) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < readies; i++) {
      for (RawConnection.Message message : connection.untilReady()) {
        if (message.tag() == 'D') {
          texts.add(message.text().replaceAll("[^a-z]", ""));
        }
      }
    }
    return texts;
  }
}
