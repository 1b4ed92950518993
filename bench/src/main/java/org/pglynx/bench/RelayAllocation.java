package org.pglynx.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Counts the bytes that the event loop of a whole running proxy allocates for each message that it
 * forwards, in each protocol and in transactions whose BEGIN waits, with a client and with several
 * that wait for one server connection: a canned server, real sockets, after warm-up. Exits with 1
 * if it is more than {@value #LIMIT} byte a message.
 *
 * <p>Run by {@code bench/allocation [epoll|io_uring|nio]}.
 */
public final class RelayAllocation {
  private static final double LIMIT = 0.5;
  private static final int WARM_UP = 50_000;
  private static final int MEASURED = 100_000;
  private static final int ATTEMPTS = 5;

  /** All but one of them wait for the server connection. */
  private static final int CROWD = 4;

  private RelayAllocation() {}

  /** Measures; the argument names the transport. */
  public static void main(String[] arguments) throws IOException {
    String transport = arguments.length > 0 ? arguments[0] : "auto";
    try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serve(server));
      try (ProxyServer proxy =
          ProxyServer.start(ConfigLoader.parse(config(server, transport), "bench"))) {
        System.exit(measure(proxy.port(), transport) ? 0 : 1);
      }
    }
  }

  private static String config(ServerSocket server, String transport) {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    transport = "%s"
    worker_threads = 1
    admin_username = "admin"
    admin_password = "admin"
    [pools.bench]
    pool_mode = "transaction"
    [pools.bench.users.0]
    username = "bench"
    auth_type = "trust"
    pool_size = 1
    [pools.bench.shards.0]
    database = "bench"
    servers = [["127.0.0.1", %d, "primary"]]
    """
        .formatted(transport, server.getLocalPort());
  }

  private static boolean measure(int port, String transport) throws IOException {
    boolean clean = true;
    for (Mode mode : Mode.values()) {
      clean &= measure(mode, 1, port, transport);
      if (mode.crowds()) {
        clean &= measure(mode, CROWD, port, transport);
      }
    }
    return clean;
  }

  private static boolean measure(Mode mode, int count, int port, String transport)
      throws IOException {
    try (Clients clients = Clients.logIn(count, port)) {
      double bytes = bytes(clients, mode);
      System.out.printf(
          "%s, %s, %d clients: %.4f bytes allocated a message on the event loop (best of %d x %,d times)%n",
          transport, mode, count, bytes, ATTEMPTS, MEASURED / count);
      return bytes <= LIMIT;
    }
  }

  private static double bytes(Clients clients, Mode mode) throws IOException {
    int times = MEASURED / clients.size();
    mode.exchange(clients, WARM_UP / clients.size());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long loop = loop(threads);
    double best = Double.MAX_VALUE;
    for (int i = 0; i < ATTEMPTS; i++) {
      long before = threads.getThreadAllocatedBytes(loop);
      mode.exchange(clients, times);
      long bytes = threads.getThreadAllocatedBytes(loop) - before;
      best = Math.min(best, (double) bytes / mode.messages() / times / clients.size());
    }
    return best;
  }

  private static long loop(ThreadMXBean threads) {
    for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith("pglynx-loop")) {
        return info.getThreadId();
      }
    }
    throw new IllegalStateException("no event loop is running");
  }

  // ---- client --------------------------------------------------------------------------------

  private static final byte[] ROW = frame('D', "\0\1\0\0\0\1" + "1");
  private static final byte[] COLUMNS =
      frame('T', "\0\1one\0" + "\0".repeat(6) + "\0\0\0\27" + "\0\4" + "\377\377\377\377" + "\0\0");
  private static final byte[] SELECTED = frame('C', "SELECT 1\0");
  private static final byte[] BEGUN = frame('C', "BEGIN\0");
  private static final byte[] COMMITTED = frame('C', "COMMIT\0");
  private static final byte[] READY = frame('Z', "I");
  private static final byte[] READY_IN_BLOCK = frame('Z', "T");
  private static final byte[] PARSED = frame('1', "");
  private static final byte[] BOUND = frame('2', "");
  private static final byte[] CLOSED = frame('3', "");
  private static final byte[] NO_PARAMETERS = frame('t', "\0\0");
  private static final byte[] SYNC = frame('S', "");
  private static final byte[] PREPARE = join(frame('P', "s\0SELECT 1\0\0\0"), SYNC);
  private static final byte[] PREPARED = join(PARSED, READY);
  private static final byte[] EXECUTE = frame('E', "\0\0\0\0\0");
  private static final byte[] RUN = join(bind("s"), EXECUTE, SYNC);

  /** One message there, or several, and the answer. */
  private record Step(byte[] sent, byte[] answered) {}

  /** What a client does again and again. */
  private enum Mode {
    SIMPLE(5, new Step(frame('Q', "SELECT 1\0"), join(COLUMNS, ROW, SELECTED, READY))),
    EXTENDED(
        11,
        new Step(
            join(frame('P', "\0SELECT 1\0\0\0"), bind(""), frame('D', "P\0"), EXECUTE, SYNC),
            join(PARSED, BOUND, COLUMNS, ROW, SELECTED, READY))),
    PREPARED_ONCE(7, new Step(RUN, join(BOUND, ROW, SELECTED, READY))),
    TRANSACTION(
        13,
        new Step(frame('Q', "BEGIN\0"), join(BEGUN, READY_IN_BLOCK)),
        new Step(RUN, join(BOUND, ROW, SELECTED, READY_IN_BLOCK)),
        new Step(frame('Q', "COMMIT\0"), join(COMMITTED, READY)));

    private final int messages;
    private final Step[] steps;

    Mode(int messages, Step... steps) {
      this.messages = messages;
      this.steps = steps;
    }

    /** How many the client sends and gets each time. */
    int messages() {
      return messages;
    }

    /**
     * Whether several clients can do it in step: in a transaction one would wait for another's end.
     */
    boolean crowds() {
      return steps.length == 1;
    }

    void exchange(Clients clients, int times) throws IOException {
      for (int i = 0; i < times; i++) {
        for (Step step : steps) {
          clients.exchange(step);
        }
      }
    }
  }

  /** Clients that all ask before any of them reads its answer. */
  private record Clients(Socket[] sockets) implements AutoCloseable {
    static Clients logIn(int count, int port) throws IOException {
      Clients clients = new Clients(new Socket[count]);
      for (int i = 0; i < count; i++) {
        clients.sockets[i] = new Socket(InetAddress.getLoopbackAddress(), port);
        clients.sockets[i].setTcpNoDelay(true);
        RelayAllocation.logIn(clients.sockets[i]);
      }
      clients.exchange(new Step(PREPARE, PREPARED));
      return clients;
    }

    int size() {
      return sockets.length;
    }

    void exchange(Step step) throws IOException {
      for (Socket client : sockets) {
        client.getOutputStream().write(step.sent);
      }
      byte[] reply = new byte[step.answered.length];
      for (Socket client : sockets) {
        if (client.getInputStream().readNBytes(reply, 0, reply.length) != reply.length
            || !Arrays.equals(reply, step.answered)) {
          throw new IOException("another answer than expected");
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket client : sockets) {
        client.close();
      }
    }
  }

  private static void logIn(Socket client) throws IOException {
    byte[] body = "user\0bench\0database\0bench\0\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer startup = ByteBuffer.allocate(8 + body.length);
    client
        .getOutputStream()
        .write(startup.putInt(8 + body.length).putInt(0x30000).put(body).array());
    DataInputStream in = new DataInputStream(client.getInputStream());
    byte tag = 0;
    while (tag != 'Z') {
      tag = in.readByte();
      in.skipNBytes(in.readInt() - 4);
    }
  }

  // ---- server --------------------------------------------------------------------------------

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        Socket connection = server.accept();
        connection.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().start(() -> answer(connection));
      }
    } catch (IOException e) {
      // The measurement is over.
    }
  }

  private static void answer(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = new BufferedOutputStream(connection.getOutputStream());
      in.skipNBytes(in.readInt() - 4);
      out.write(login());
      out.flush();
      boolean block = false;
      boolean begins = false;
      while (true) {
        byte tag = in.readByte();
        String body = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.ISO_8859_1);
        // The proxy's own BEGIN, by the statement that it has prepared for it.
        begins |= tag == 'B' && body.contains("pglynx_begin");
        block = (block || begins) && !(tag == 'Q' && body.startsWith("COMMIT"));
        out.write(begins && tag == 'E' ? BEGUN : reply(tag, body));
        begins &= tag != 'E';
        if (tag == 'Q' || tag == 'S') {
          out.write(block ? READY_IN_BLOCK : READY);
          out.flush();
        }
      }
    } catch (IOException e) {
      // The proxy has closed it.
    }
  }

  private static byte[] reply(byte tag, String body) {
    return switch (tag) {
      case 'Q' -> body.startsWith("COMMIT") ? COMMITTED : join(COLUMNS, ROW, SELECTED);
      case 'P' -> PARSED;
      case 'B' -> BOUND;
      case 'C' -> CLOSED;
      case 'D' -> body.startsWith("S") ? join(NO_PARAMETERS, COLUMNS) : COLUMNS;
      case 'E' -> join(ROW, SELECTED);
      default -> new byte[0];
    };
  }

  private static byte[] login() {
    byte[] ok = frame('R', "\0\0\0\0");
    byte[] version = frame('S', "server_version\00018.0\0");
    byte[] encoding = frame('S', "client_encoding\0UTF8\0");
    byte[] key = frame('K', "\0\0\0\1\0\0\0\2");
    byte[] ready = frame('Z', "I");
    return join(ok, version, encoding, key, ready);
  }

  private static byte[] bind(String statement) {
    return frame('B', "\0" + statement + "\0\0\0\0\0\0\0");
  }

  private static byte[] frame(char tag, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) tag)
        .putInt(4 + bytes.length)
        .put(bytes)
        .array();
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
