package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closePortal;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.copyFail;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.flush;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Messages by chance, sent without waiting for answers, and an end that any state of a session
 * comes to: its COPY fails, its batch is synced, its transaction rolled back.
 *
 * @param messages what is sent; each of one or more frames
 * @param pieces how many writes they are sent in
 */
record RandomScript(List<byte[]> messages, int pieces) {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> PORTALS = List.of("", "", "p");
  private static final List<String> PLAIN =
      List.of(
          "SELECT 1",
          "SELECT 1/0",
          "SELEC",
          "",
          "SELECT generate_series(1, 5)",
          "BEGIN",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT s",
          "ROLLBACK TO s",
          "INSERT INTO numbers VALUES (1)",
          "SELECT 1; SELECT 2",
          "SELECT 1; SELECT 1/0; SELECT 3",
          "BEGIN; SELECT 1",
          "SELECT 1; COMMIT; SELECT 2",
          "SET LOCAL work_mem = '5MB'",
          "SHOW work_mem",
          "SELECT '\u00e9', $$pgml.predict('x', 1)$$",
          "DO $$BEGIN RAISE NOTICE 'by the way'; END$$",
          "VALUES (1), (2), (3)",
          "DECLARE k CURSOR FOR SELECT generate_series(1, 3)",
          "FETCH 2 FROM k",
          "CLOSE k",
          "LOCK TABLE numbers IN SHARE MODE");

  private static final List<String> NAMED =
      List.of(
          "SELECT 1", "SELECT 1/0", "BEGIN", "COMMIT", "ROLLBACK", "SELECT generate_series(1, 5)");

  /** What stays with a session. */
  private static final List<String> STATE =
      List.of(
          "SET work_mem = '7MB'",
          "RESET work_mem",
          "SELECT set_config('work_mem', '6MB', false)",
          "DISCARD ALL",
          "DEALLOCATE ALL",
          "PREPARE q AS SELECT 5",
          "EXECUTE q",
          "DEALLOCATE q",
          "CREATE TEMP TABLE t(a int)",
          "SELECT * FROM t",
          "DROP TABLE t",
          "LISTEN x",
          "NOTIFY x",
          "UNLISTEN *",
          "SELECT pg_advisory_lock(1)",
          "SELECT pg_advisory_unlock(1)");

  /**
   * A script.
   *
   * @param state whether there are statements whose effect outlives their transaction
   */
  static RandomScript random(Random random, boolean state) {
    boolean transactions = random.nextBoolean();
    List<byte[]> messages = new ArrayList<>();
    for (int i = 2 + random.nextInt(14); i > 0; i--) {
      messages.add(message(random, state, transactions));
    }
    return new RandomScript(messages, 1 + random.nextInt(3));
  }

  /**
   * A statement that the server knows under another client's name is not parsed again, so in a
   * failed transaction its Parse succeeds where the server's would fail (its Bind then fails as it
   * should): with transactions each text is a new one.
   */
  private static byte[] message(Random random, boolean state, boolean transactions) {
    String name = of(random, NAMES);
    String portal = of(random, PORTALS);
    String sql = text(random, state, transactions);
    String named =
        state || !transactions ? of(random, NAMED) : "SELECT " + random.nextInt(1_000_000_000);
    return switch (random.nextInt(22)) {
      case 0, 1, 2 -> query(sql);
      case 3, 4 -> join(parse("", sql), bind(portal, ""), execute(portal, random.nextInt(3)));
      case 5 -> join(parse("", "SELECT $1::int"), describeStatement(""), bind("", "", "7"));
      case 6 -> join(parse("", "SELECT $1::int"), bind("", "", "x"), execute("", 0));
      // One that cannot be parsed, under a name that exists, has two errors: which comes first is
      // not worth a round trip.
      case 7, 8 -> parse(name, named);
      case 9 -> parse(name, named.replace("SELECT ", "SELECT $1::int + "));
      case 10, 11 -> bind(portal, name);
      case 12 -> bind(portal, name, "3");
      case 13 -> describeStatement(name);
      case 14 -> describePortal(portal);
      case 15 -> execute(portal, random.nextInt(3));
      case 16 -> random.nextBoolean() ? closeStatement(name) : closePortal(portal);
      case 17, 18 -> sync();
      case 19 -> random.nextBoolean() ? flush() : functionCall();
      case 20 -> copy(random);
      default -> mutated(random, message(random, state, transactions));
    };
  }

  private static String text(Random random, boolean state, boolean transactions) {
    String text = of(random, state && random.nextInt(3) == 0 ? STATE : PLAIN);
    return transactions || !text.startsWith("BEGIN") ? text : "SELECT 2";
  }

  /** random(), called the old way. */
  private static byte[] functionCall() {
    return frame('F', int32(1598), int16(0), int16(0), int16(0));
  }

  private static byte[] copy(Random random) {
    byte[] end = random.nextInt(3) == 0 ? copyFail("no") : copyDone();
    byte[] data = copyData(random.nextInt(4) == 0 ? "x\n" : "1\n2\n");
    byte[] rest = random.nextBoolean() ? join(data, flush(), data, end) : join(data, end);
    return switch (random.nextInt(4)) {
      case 0 -> rest;
      case 1 -> join(query("COPY (VALUES (1), (2)) TO STDOUT"), rest);
      case 2 -> join(query("COPY numbers FROM STDIN"), rest);
      default ->
          join(parse("", "COPY numbers FROM STDIN"), bind("", ""), execute("", 0), rest, sync());
    };
  }

  /** One byte changed in the body of a lone frame; its length still holds. */
  private static byte[] mutated(Random random, byte[] message) {
    boolean lone =
        message.length > 5 && message[3] * 256 + (message[4] & 0xff) + 1 == message.length;
    // Query and FunctionCall run what they hold; of the others only the form matters.
    if (lone && "BDCE".indexOf(message[0]) >= 0) {
      // Of a Bind not the names: an unnamed statement from before an error may be forgotten here.
      int from = message[0] == 'B' ? message.length - 6 : 5;
      message[from + random.nextInt(message.length - from)] = (byte) random.nextInt(128);
    }
    return message;
  }

  private static String of(Random random, List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** The shapes of all replies; the last one says how it ended. */
  List<String> play(RawConnection connection) {
    List<String> shapes = new ArrayList<>();
    try {
      sendTo(connection);
      boolean end = false;
      while (!end) {
        for (RawConnection.Message message : connection.untilReady()) {
          shapes.add(shape(message));
          end |=
              message.tag() == '\0' || message.tag() == 'D' && message.text().contains("the end");
        }
      }
    } catch (UncheckedIOException e) {
      shapes.add("HANGS: " + e);
    }
    return shapes;
  }

  private static String shape(RawConnection.Message message) {
    return switch (message.tag()) {
      case '\0' -> "EOF";
      case 'E' -> message.shape() + (message.field('C').equals("XX000") ? message.field('M') : "");
      case 'D', 'd', 'n', 't', 'T' -> message.tag() + " " + message.body().length;
      default -> message.shape();
    };
  }

  private void sendTo(RawConnection connection) {
    byte[] end = join(copyFail("the end"), sync(), query("ROLLBACK"), query("SELECT 'the end'"));
    int each = Math.max(1, messages.size() / pieces);
    List<byte[]> piece = new ArrayList<>();
    for (byte[] message : messages) {
      piece.add(message);
      if (piece.size() == each) {
        connection.send(piece.toArray(byte[][]::new));
        piece.clear();
      }
    }
    piece.add(end);
    connection.send(piece.toArray(byte[][]::new));
  }

  /** The script without one of its messages. */
  RandomScript without(int index) {
    List<byte[]> fewer = new ArrayList<>(messages);
    fewer.remove(index);
    return new RandomScript(fewer, pieces);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("in " + pieces + " pieces:");
    for (byte[] message : messages) {
      text.append("\n  ")
          .append(new String(message, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]+", "."));
    }
    return text.toString();
  }
}
