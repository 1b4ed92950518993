package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same bytes sent to the server itself and through the proxy have the same bytes for an answer,
 * from the login on, in both modes and by protocol 3.0 and 3.2. What may differ: {@link ByteTrace}.
 */
class ByteTraceIT {
  private static final int V3_0 = 3 << 16;
  private static final int V3_2 = (3 << 16) + 2;

  @RegisterExtension
  static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.transactionMode(3);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(3);

  @BeforeAll
  static void createTable() {
    TRANSACTION_MODE.onServer("CREATE TABLE numbers(n int)");
    SESSION_MODE.onServer("CREATE TABLE numbers(n int)");
  }

  static List<WireScripts.Script> scripts() {
    List<WireScripts.Script> all = new ArrayList<>(WireScripts.all());
    all.addAll(TraceScripts.all());
    return all;
  }

  /**
   * A second DEALLOCATE in one text has the name that only the server knows. And another connection
   * listens, so that this one's server knows of no channel.
   */
  private static final Set<String> KNOWN =
      Set.of("deallocated twice in one text", "a notification by a function");

  static Stream<WireScripts.Script> scriptsOfTransactionMode() {
    return scripts().stream().filter(script -> !KNOWN.contains(script.name()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scriptsOfTransactionMode")
  void transactionModeSaysWhatTheServerSays(WireScripts.Script script) {
    assertAlike(TRANSACTION_MODE, script, V3_0);
    assertAlike(TRANSACTION_MODE, script, V3_2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void sessionModeSaysWhatTheServerSays(WireScripts.Script script) {
    assertAlike(SESSION_MODE, script, V3_0);
    assertAlike(SESSION_MODE, script, V3_2);
  }

  private static void assertAlike(ProxyUnderTest proxy, WireScripts.Script script, int version) {
    int server = proxy.postgres().port();
    List<String> direct = ByteTrace.of(script, server, proxy.serverDatabase(), version, true);
    List<String> through =
        ByteTrace.of(script, proxy.port(), ProxyUnderTest.DATABASE, version, true);
    if (!through.equals(direct)) {
      String difference =
          difference(
              ByteTrace.of(script, server, proxy.serverDatabase(), version, false),
              ByteTrace.of(script, proxy.port(), ProxyUnderTest.DATABASE, version, false));
      assertThat(difference).isEmpty();
    }
  }

  /** What differs, with the replies before it. */
  private static String difference(List<String> direct, List<String> through) {
    int same = 0;
    int most = Math.min(direct.size(), through.size());
    while (same < most && direct.get(same).equals(through.get(same))) {
      same++;
    }
    return same == direct.size() && same == through.size()
        ? ""
        : "behind %s\ndirect  %s\nthrough %s"
            .formatted(
                direct.subList(Math.max(0, same - 3), same),
                some(direct, same),
                some(through, same));
  }

  private static List<String> some(List<String> trace, int from) {
    return trace.subList(from, Math.min(trace.size(), from + 4));
  }
}
