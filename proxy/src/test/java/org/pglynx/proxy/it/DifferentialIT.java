package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes have the same outcome, sent to the server itself and through the proxy. */
class DifferentialIT {
  @RegisterExtension static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.deferring(3);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(3);

  static List<WireScripts.Script> scripts() {
    return WireScripts.all();
  }

  @BeforeAll
  static void createTable() {
    TRANSACTION_MODE.onServer("CREATE TABLE numbers(n int)");
    SESSION_MODE.onServer("CREATE TABLE numbers(n int)");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void transactionModeAnswersAsTheServer(WireScripts.Script script) {
    assertAlike(TRANSACTION_MODE, script);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void sessionModeAnswersAsTheServer(WireScripts.Script script) {
    assertAlike(SESSION_MODE, script);
  }

  static List<WireScripts.Script> endingScripts() {
    return WireScripts.ending();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endingScripts")
  void sessionModeEndsAsTheServer(WireScripts.Script script) {
    assertAlike(SESSION_MODE, script);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endingScripts")
  void transactionModeTellsTheServersErrorAndLivesOn(WireScripts.Script script) {
    try (RawConnection connection = TRANSACTION_MODE.raw()) {
      // The last step waits for the end of the connection, which does not come here.
      WireScripts.Step last = script.steps().getLast();
      new WireScripts.Script("", script.steps().subList(0, script.steps().size() - 1))
          .steps()
          .forEach(step -> {
            connection.send(step.bytes());
            connection.until(step.replies().charAt(0));
          });
      connection.send(last.bytes());

      assertThat(connection.shapes(1)).anyMatch(shape -> shape.matches("E:ERROR:(08P01|57P01)"));
      connection.send(RawConnection.query("SELECT 'alive'"));
      assertThat(connection.until('D').getLast().text()).contains("alive");
    }
  }

  static List<ProxyUnderTest> proxies() {
    return List.of(TRANSACTION_MODE, SESSION_MODE);
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void aCopyCutByAQueryEndsTheSessionInAnyMode(ProxyUnderTest proxy) {
    try (RawConnection connection = proxy.raw()) {
      List<String> shapes = WireScripts.copyInCutByAQuery().play(connection);

      assertThat(shapes).startsWith("G").endsWith("E:FATAL:08P01", "EOF");
    }
  }

  private static void assertAlike(ProxyUnderTest proxy, WireScripts.Script script) {
    List<String> direct;
    try (RawConnection connection = proxy.direct()) {
      direct = script.play(connection);
    }
    try (RawConnection connection = proxy.raw()) {
      assertThat(script.play(connection)).isEqualTo(direct);
    }
  }
}
