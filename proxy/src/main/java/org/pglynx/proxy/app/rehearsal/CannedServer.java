package org.pglynx.proxy.app.rehearsal;

import static org.pglynx.proxy.app.rehearsal.WireBytes.int16;
import static org.pglynx.proxy.app.rehearsal.WireBytes.int32;
import static org.pglynx.proxy.app.rehearsal.WireBytes.join;
import static org.pglynx.proxy.app.rehearsal.WireBytes.message;
import static org.pglynx.proxy.app.rehearsal.WireBytes.text;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that lets everybody in and knows one answer: a row with a number. It has threads and
 * sockets of its own, and nothing of Netty: what the JVM remembers of Netty's code is to come from
 * the proxy alone.
 */
public final class CannedServer implements AutoCloseable {
  private static final byte[] ROWS =
      message(
          'T', int16(1), text("one"), int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0));
  private static final byte[] ROW = message('D', int16(1), int32(1), new byte[] {'1'});
  private static final byte[] PARSED = message('1');
  private static final byte[] BOUND = message('2');
  private static final byte[] CLOSED = message('3');

  private final ServerSocket listening;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private CannedServer(ServerSocket listening) {
    this.listening = listening;
  }

  /** Listens on a free port of the loopback interface. */
  public static CannedServer start() throws IOException {
    CannedServer server =
        new CannedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().name("canned-server").start(server::accept);
    return server;
  }

  /** Where it listens. */
  public int port() {
    return listening.getLocalPort();
  }

  /** How many there have been. */
  int connections() {
    return accepted.get();
  }

  /** Cuts all connections, as a server does that is restarted. */
  void cut() throws IOException {
    for (Socket connection : connections) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listening.accept();
        connection.setTcpNoDelay(true);
        connections.add(connection);
        accepted.incrementAndGet();
        Thread.ofPlatform().daemon().name("canned").start(() -> serve(connection));
      }
    } catch (IOException _) {
      // It has been closed.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      in.skipNBytes(in.readInt() - 4L);
      out.write(welcome());
      new Conversation(in, out).go();
    } catch (IOException _) {
      // One of both has hung up.
    } finally {
      connections.remove(connection);
    }
  }

  private static byte[] welcome() {
    return join(
        message('R', int32(0)),
        setting("server_version", "18.0"),
        setting("server_encoding", "UTF8"),
        setting("client_encoding", "UTF8"),
        setting("DateStyle", "ISO, MDY"),
        setting("IntervalStyle", "postgres"),
        setting("TimeZone", "UTC"),
        setting("application_name", ""),
        setting("integer_datetimes", "on"),
        setting("standard_conforming_strings", "on"),
        setting("in_hot_standby", "off"),
        setting("default_transaction_read_only", "off"),
        message('K', int32(1), int32(2)),
        ready('I'));
  }

  private static byte[] setting(String name, String value) {
    return message('S', text(name), text(value));
  }

  private static byte[] ready(char status) {
    return message('Z', new byte[] {(byte) status});
  }

  /** What is said on one connection behind its login. */
  private static final class Conversation {
    private final DataInputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
    private char status = 'I';

    /** An error in a batch: the rest of it is skipped. */
    private boolean skipping;

    Conversation(DataInputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    /** Answers until the other end hangs up. */
    void go() throws IOException {
      while (true) {
        int tag = in.readUnsignedByte();
        byte[] body = in.readNBytes(in.readInt() - 4);
        if (tag == 'S') {
          skipping = false;
        }
        if (!skipping) {
          answer(tag, body);
        }
        if (tag == 'Q' || tag == 'S' || tag == 'H') {
          reply.writeTo(out);
          reply.reset();
        }
      }
    }

    private void answer(int tag, byte[] body) {
      switch (tag) {
        case 'Q' -> {
          query(new String(body, 0, body.length - 1, StandardCharsets.UTF_8));
          reply.writeBytes(ready(status));
        }
        case 'P' -> parse(new String(body, StandardCharsets.UTF_8));
        case 'B' -> reply.writeBytes(BOUND);
        case 'C' -> reply.writeBytes(CLOSED);
        case 'D' -> describe(body[0]);
        case 'E' -> row();
        case 'S' -> reply.writeBytes(ready(status));
        default -> {
          // Flush and Terminate have no answer of their own.
        }
      }
    }

    private void parse(String statement) {
      if (isUnknown(statement)) {
        skipping = true;
        fail();
      } else {
        reply.writeBytes(PARSED);
      }
    }

    /** Of models nothing is known here. */
    private static boolean isUnknown(String sql) {
      return sql.contains("pgml.");
    }

    /** A statement has parameters to tell, a portal has none. */
    private void describe(byte kind) {
      if (kind == 'S') {
        reply.writeBytes(message('t', int16(0)));
      }
      reply.writeBytes(ROWS);
    }

    private void query(String sql) {
      String word = sql.strip().split("\\W", 2)[0].toUpperCase(Locale.ROOT);
      switch (word) {
        case "SELECT" -> select(sql);
        case "BEGIN" -> begin(sql);
        case "COMMIT", "ROLLBACK" -> done(word, 'I');
        case "FAIL" -> fail();
        default -> done(word, status);
      }
    }

    /** The proxy sets parameters in a text that begins a transaction and ends it as well. */
    private void begin(String sql) {
      if (sql.endsWith("COMMIT")) {
        done("COMMIT", 'I');
      } else {
        done("BEGIN", 'T');
      }
    }

    private void select(String sql) {
      if (isUnknown(sql)) {
        fail();
      } else {
        reply.writeBytes(ROWS);
        row();
      }
    }

    private void row() {
      reply.writeBytes(ROW);
      done("SELECT 1", status);
    }

    private void done(String what, char then) {
      status = then;
      reply.writeBytes(message('C', text(what)));
    }

    private void fail() {
      reply.writeBytes(
          message(
              'E',
              text("SERROR"),
              text("VERROR"),
              text("C42601"),
              text("Msyntax error at or near \"fail\""),
              text("")));
    }
  }
}
