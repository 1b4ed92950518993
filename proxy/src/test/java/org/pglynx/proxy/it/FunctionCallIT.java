package org.pglynx.proxy.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.flush;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** FunctionCall is answered as by the server itself, byte by byte. */
class FunctionCallIT {
  @RegisterExtension
  static final ProxyUnderTest TRANSACTION_MODE = ProxyUnderTest.transactionMode(2);

  @RegisterExtension static final ProxyUnderTest SESSION_MODE = ProxyUnderTest.sessionMode(2);

  private static final int INT4DIV = 154;
  private static final int INT4PL = 177;
  private static final int TEXTCAT = 1258;

  private static byte[] text(String value) {
    return join(int32(value.length()), value.getBytes(ISO_8859_1));
  }

  private static byte[] nothing() {
    return int32(-1);
  }

  /** Arguments and result as text. */
  private static byte[] call(int oid, byte[]... arguments) {
    return frame('F', int32(oid), int16(0), int16(arguments.length), join(arguments), int16(0));
  }

  private static byte[] binary(int oid, int result, int... arguments) {
    byte[] values = new byte[0];
    for (int argument : arguments) {
      values = join(values, int32(4), int32(argument));
    }
    return frame(
        'F', int32(oid), int16(1), int16(1), int16(arguments.length), values, int16(result));
  }

  private static Arguments script(String name, int readies, byte[]... messages) {
    return Arguments.of(Named.of(name, messages), readies);
  }

  static Stream<Arguments> scripts() {
    return Stream.of(
        script("text", 1, call(INT4PL, text("1"), text("2"))),
        script("binary", 1, binary(INT4PL, 1, 1, 2)),
        script("binary arguments, result as text", 1, binary(INT4PL, 0, 1, 2)),
        script("an error of the function", 1, call(INT4DIV, text("1"), text("0"))),
        script("NULL for a strict function", 1, call(TEXTCAT, text("a"), nothing())),
        script("too few arguments", 1, call(INT4PL, text("1"))),
        script("an argument that cannot be read", 1, call(INT4PL, text("x"), text("2"))),
        script("an unknown function", 1, call(1, text("1"))),
        script("an unknown format", 1, frame('F', int32(INT4PL), int16(1), int16(7), int16(0))),
        script(
            "pipelined",
            3,
            call(INT4PL, text("1"), text("2")),
            call(INT4DIV, text("1"), text("0")),
            call(INT4PL, text("3"), text("4"))),
        script(
            "between queries",
            3,
            query("SELECT 1"),
            call(INT4PL, text("1"), text("2")),
            query("SELECT 2")),
        script(
            "behind a batch",
            2,
            parse("s", "SELECT 1"),
            bind("", "s"),
            execute("", 0),
            sync(),
            call(INT4PL, text("1"), text("2"))),
        script(
            "amid a batch",
            2,
            parse("s", "SELECT 1"),
            bind("", "s"),
            execute("", 0),
            call(INT4PL, text("1"), text("2")),
            bind("", "s"),
            execute("", 0),
            sync()),
        script(
            "amid a batch that has failed",
            1,
            parse("s", "SELEC"),
            flush(),
            call(INT4PL, text("1"), text("2")),
            sync()),
        script(
            "before a batch",
            2,
            call(INT4DIV, text("1"), text("0")),
            parse("s", "SELECT 1"),
            bind("", "s"),
            execute("", 0),
            sync()),
        script(
            "in a transaction",
            4,
            query("BEGIN"),
            call(INT4PL, text("1"), text("2")),
            call(INT4PL, text("5"), text("6")),
            query("COMMIT")),
        script(
            "in a transaction that it fails",
            4,
            query("BEGIN"),
            call(INT4DIV, text("1"), text("0")),
            call(INT4PL, text("1"), text("2")),
            query("ROLLBACK")));
  }

  /** All messages; of errors all that does not name a place in the source. */
  private static List<String> told(RawConnection client, byte[][] messages, int readies) {
    client.send(messages);
    List<String> told = new ArrayList<>();
    for (int i = 0; i < readies; i++) {
      for (RawConnection.Message message : client.untilReady()) {
        told.add(message.tag() + " " + new String(message.body(), ISO_8859_1));
      }
    }
    return told;
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void itIsAnsweredAsByTheServer(byte[][] messages, int readies) {
    for (ProxyUnderTest proxy : List.of(TRANSACTION_MODE, SESSION_MODE)) {
      try (RawConnection client = proxy.raw();
          RawConnection direct = proxy.direct()) {
        assertThat(told(client, messages, readies)).isEqualTo(told(direct, messages, readies));
        assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
      }
    }
  }
}
