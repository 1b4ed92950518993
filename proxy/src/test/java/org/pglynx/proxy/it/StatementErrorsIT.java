package org.pglynx.proxy.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the proxy itself tells about statements is told in the server's words, byte by byte. */
class StatementErrorsIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);

  private static RawConnection latin(int port, String database) {
    Map<String, String> startup = new LinkedHashMap<>();
    startup.put("user", "postgres");
    startup.put("database", database);
    startup.put("client_encoding", "LATIN1");
    return RawConnection.login(port, startup);
  }

  /** All messages; of errors all that does not name a place in the source. */
  private static List<String> told(RawConnection client, int readies, byte[]... messages) {
    client.send(messages);
    List<String> told = new ArrayList<>();
    for (int i = 0; i < readies; i++) {
      for (RawConnection.Message message : client.untilReady()) {
        String body = new String(message.body(), ISO_8859_1);
        told.add(
            message.tag()
                + " "
                + (message.tag() == 'E' ? body.replaceAll("[FL][^\0]*\0(?=[LR])", "") : body));
      }
    }
    return told;
  }

  private static void assertSame(int readies, byte[]... messages) {
    try (RawConnection client = PROXY.raw();
        RawConnection direct = PROXY.direct()) {
      assertThat(told(client, readies, messages)).isEqualTo(told(direct, readies, messages));
    }
  }

  @Test
  void errorsAboutStatementsAreTheServers() {
    assertSame(1, bind("", "nope"), sync());
    assertSame(1, describeStatement("nope"), sync());
    assertSame(1, bind("", ""), sync());
    assertSame(1, describeStatement(""), sync());
    assertSame(2, parse("s", "SELECT 1"), sync(), parse("s", "SELECT 2"), sync());
    assertSame(1, RawConnection.query("PREPARE a AS SELECT 1; PREPARE a AS SELECT 2"));
    assertSame(2, parse("s", "SELECT 1"), sync(), RawConnection.query("PREPARE s AS SELECT 2"));
    assertSame(1, RawConnection.query("EXECUTE nope"));
    assertSame(1, RawConnection.query("DEALLOCATE nope"));
    assertSame(
        4,
        parse("s", "SELECT 1"),
        sync(),
        RawConnection.query("BEGIN"),
        RawConnection.query("SELECT 1/0"),
        parse("s", "SELECT 2"),
        sync());
  }

  private static byte[] raw(String text) {
    byte[] bytes = (text + "\0").getBytes(ISO_8859_1);
    return bytes;
  }

  private static byte[] parseRaw(String name, String sql) {
    return frame('P', raw(name), raw(sql), int16(0));
  }

  private static byte[] bindRaw(String name) {
    return frame('B', raw(""), raw(name), int16(0), int16(0), int16(0));
  }

  @Test
  void namesOfOtherBytesThanUtf8StayWhatTheyAre() {
    try (RawConnection client = latin(PROXY.port(), "app");
        RawConnection direct = latin(PROXY.postgres().port(), PROXY.serverDatabase())) {
      byte[][] script = {
        parseRaw("\u00e9", "SELECT 'one'"),
        parseRaw("\u00ea", "SELECT 'two'"),
        bindRaw("\u00e9"),
        execute("", 0),
        bindRaw("\u00ea"),
        execute("", 0),
        sync(),
        parseRaw("\u00e9", "SELECT 'three'"),
        sync(),
        bindRaw("\u00eb"),
        sync(),
        frame('Q', raw("DEALLOCATE \u00e9")),
        bindRaw("\u00e9"),
        sync(),
        frame('Q', raw("EXECUTE \u00ea")),
      };
      assertThat(told(client, 6, script)).isEqualTo(told(direct, 6, script));
    }
  }

  @Test
  void aNameInSqlIsFoldedAsInPostgres() {
    assertSame(
        3,
        parse("É", "SELECT 'upper'"),
        parse("é", "SELECT 'lower'"),
        sync(),
        RawConnection.query("EXECUTE É"),
        RawConnection.query("EXECUTE é"));
  }
}
