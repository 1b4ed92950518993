package org.pglynx.proxy.app.rehearsal;

import static org.pglynx.proxy.app.rehearsal.WireBytes.int16;
import static org.pglynx.proxy.app.rehearsal.WireBytes.int32;
import static org.pglynx.proxy.app.rehearsal.WireBytes.join;
import static org.pglynx.proxy.app.rehearsal.WireBytes.message;
import static org.pglynx.proxy.app.rehearsal.WireBytes.packet;
import static org.pglynx.proxy.app.rehearsal.WireBytes.text;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;

/** A client that logs in without a password and asks the same again and again. */
final class CannedClient implements AutoCloseable {
  private static final int PROTOCOL_3_0 = 0x30000;

  /** The ways to ask. */
  enum Way {
    /** A Query. */
    SIMPLE(message('Q', text("SELECT 1"))),
    /** The unnamed statement, parsed each time. */
    EXTENDED(join(parse("", "SELECT 1"), bind(""), described(), executed())),
    /** A named statement, parsed once. */
    PREPARED(join(bind("s"), executed())),
    /** The same, as drivers do that want to know the columns. */
    DESCRIBED(join(bind("s"), described(), executed()));

    private final byte[] bytes;

    Way(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final Socket socket;
  private final DataInputStream in;

  private CannedClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connects and logs in; an answer that takes longer is an error. */
  static CannedClient login(int port, String user, String database, int answerMillis)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(answerMillis);
      CannedClient client = new CannedClient(socket);
      client.send(
          packet(
              int32(PROTOCOL_3_0),
              text("user"),
              text(user),
              text("database"),
              text(database),
              text("application_name"),
              text("rehearsal"),
              text("")));
      client.awaitReady();
      return client;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Parses the statement that {@link Way#PREPARED} runs. */
  void prepare() throws IOException {
    send(join(parse("s", "SELECT 1"), message('S')));
    awaitReady();
  }

  /** Asks so many times, each time when the answer before is there. */
  void ask(Way way, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      send(way.bytes);
      awaitReady();
    }
  }

  /** Asks; {@link #awaitReady} reads the answer. */
  void begin(Way way) throws IOException {
    send(way.bytes);
  }

  /** Sends a Query; the answer may be an error. */
  void query(String sql) throws IOException {
    send(message('Q', text(sql)));
    awaitReady();
  }

  /** Sends so many in one piece, then reads all answers. */
  void pipeline(Way way, int depth) throws IOException {
    byte[][] all = new byte[depth][];
    Arrays.fill(all, way.bytes);
    send(join(all));
    for (int i = 0; i < depth; i++) {
      awaitReady();
    }
  }

  /** Says good-bye. */
  @Override
  public void close() throws IOException {
    try (socket) {
      send(message('X'));
    }
  }

  private void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Reads up to the end of the answer. */
  void awaitReady() throws IOException {
    int tag = 0;
    while (tag != 'Z') {
      tag = in.readUnsignedByte();
      in.skipNBytes(in.readInt() - 4L);
    }
  }

  private static byte[] parse(String statement, String sql) {
    return message('P', text(statement), text(sql), int16(0));
  }

  private static byte[] bind(String statement) {
    return message('B', text(""), text(statement), int16(0), int16(0), int16(0));
  }

  private static byte[] described() {
    return message('D', new byte[] {'P'}, text(""));
  }

  private static byte[] executed() {
    return join(message('E', text(""), int32(0)), message('S'));
  }
}
