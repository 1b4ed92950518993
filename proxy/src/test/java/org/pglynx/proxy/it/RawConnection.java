package org.pglynx.proxy.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that speaks the protocol message by message, also wrongly. */
final class RawConnection implements AutoCloseable {
  private static final int PROTOCOL_3_0 = 196608;

  /** One message of the server. */
  record Message(char tag, byte[] body) {
    /** An error's or a notice's field. */
    String field(char name) {
      int at = 0;
      while (at < body.length && body[at] != 0) {
        int end = at + 1;
        while (body[end] != 0) {
          end++;
        }
        if (body[at] == name) {
          return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
        }
        at = end + 1;
      }
      return "";
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8).replace("\0", "");
    }

    /** The tag; with an error its severity and SQLSTATE, with others what tells them apart. */
    String shape() {
      return switch (tag) {
        case 'E' -> "E:" + field('V') + ":" + field('C');
        case 'N' -> "N:" + field('C');
        case 'Z' -> "Z:" + (char) body[0];
        case 'C' -> "C:" + text();
        default -> String.valueOf(tag);
      };
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final List<String> loginTags = new ArrayList<>();
  private int pid;
  private byte[] key = new byte[0];
  private String refusal = "";

  private RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
  }

  /** Connects, and says nothing yet. */
  static RawConnection open(int port) {
    try {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      return new RawConnection(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects and logs in without a password. */
  static RawConnection login(int port, String database, String user) {
    return login(port, Map.of("user", user, "database", database));
  }

  /** Connects and logs in without a password, with these startup parameters. */
  static RawConnection login(int port, Map<String, String> parameters) {
    return login(port, PROTOCOL_3_0, parameters);
  }

  /** Connects and logs in without a password, with this version of the protocol. */
  static RawConnection login(int port, int version, Map<String, String> parameters) {
    return open(port).loggedIn(version, parameters);
  }

  /** Connects, encrypts, and logs in without a password. */
  static RawConnection loginByTls(int port, SSLContext tls, String database, String user) {
    return byTls(port, tls).loggedIn(PROTOCOL_3_0, Map.of("user", user, "database", database));
  }

  /** Connects and encrypts, and says nothing yet. */
  static RawConnection byTls(int port, SSLContext tls) {
    RawConnection connection = open(port);
    connection.send(int32(8), int32(80_877_103));
    if (connection.nextByte() != 'S') {
      throw new IllegalStateException("TLS was declined");
    }
    return connection.encrypted(tls);
  }

  /** Begins with TLS without asking (PostgreSQL 17), and says nothing yet. */
  static RawConnection byDirectTls(int port, SSLContext tls) {
    return open(port).encrypted(tls, "postgresql");
  }

  private RawConnection encrypted(SSLContext tls, String... protocols) {
    try {
      SSLSocket wrapped =
          (SSLSocket)
              tls.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
      SSLParameters parameters = wrapped.getSSLParameters();
      parameters.setApplicationProtocols(protocols);
      wrapped.setSSLParameters(parameters);
      return new RawConnection(wrapped);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Logs in; {@link #refusal} tells if that was refused. */
  RawConnection loggedIn(int version, Map<String, String> parameters) {
    send(startup(version, parameters));
    List<Message> replies = untilReady();
    for (Message reply : replies) {
      loginTags.add(String.valueOf(reply.tag()));
      if (reply.tag() == 'K') {
        pid = number(reply.body(), 0);
        key = java.util.Arrays.copyOfRange(reply.body(), 4, reply.body().length);
      } else if (reply.tag() == 'E') {
        refusal = reply.field('C');
      }
    }
    return this;
  }

  static byte[] startup(int version, Map<String, String> parameters) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(int32(version));
    parameters.forEach((name, value) -> {
      body.writeBytes(cstring(name));
      body.writeBytes(cstring(value));
    });
    body.write(0);
    return join(int32(body.size() + 4), body.toByteArray());
  }

  // ---- messages of the client ----------------------------------------------------------------

  static byte[] frame(char tag, byte[]... parts) {
    byte[] body = join(parts);
    return join(new byte[] {(byte) tag}, int32(body.length + 4), body);
  }

  static byte[] query(String sql) {
    return frame('Q', cstring(sql));
  }

  static byte[] parse(String name, String sql, int... types) {
    byte[] oids = new byte[0];
    for (int type : types) {
      oids = join(oids, int32(type));
    }
    return frame('P', cstring(name), cstring(sql), int16(types.length), oids);
  }

  static byte[] bind(String portal, String statement, String... values) {
    byte[] arguments = new byte[0];
    for (String value : values) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      arguments = join(arguments, int32(text.length), text);
    }
    return frame(
        'B',
        cstring(portal),
        cstring(statement),
        int16(0),
        int16(values.length),
        arguments,
        int16(0));
  }

  static byte[] describeStatement(String name) {
    return frame('D', new byte[] {'S'}, cstring(name));
  }

  static byte[] describePortal(String name) {
    return frame('D', new byte[] {'P'}, cstring(name));
  }

  static byte[] execute(String portal, int rows) {
    return frame('E', cstring(portal), int32(rows));
  }

  static byte[] closeStatement(String name) {
    return frame('C', new byte[] {'S'}, cstring(name));
  }

  static byte[] closePortal(String name) {
    return frame('C', new byte[] {'P'}, cstring(name));
  }

  static byte[] sync() {
    return frame('S');
  }

  static byte[] flush() {
    return frame('H');
  }

  static byte[] copyData(String text) {
    return frame('d', text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] copyDone() {
    return frame('c');
  }

  static byte[] copyFail(String why) {
    return frame('f', cstring(why));
  }

  static byte[] terminate() {
    return frame('X');
  }

  static byte[] cstring(String text) {
    return join(text.getBytes(StandardCharsets.UTF_8), new byte[1]);
  }

  static byte[] int16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  static byte[] int32(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static int number(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }

  // ---- the wire ------------------------------------------------------------------------------

  int pid() {
    return pid;
  }

  byte[] key() {
    return key;
  }

  /** The SQLSTATE that the login was refused with; empty if it was not. */
  String refusal() {
    return refusal;
  }

  /** The tags of the messages that came at the login. */
  List<String> loginTags() {
    return loginTags;
  }

  /** How long a message is waited for. */
  RawConnection patience(int millis) {
    try {
      socket.setSoTimeout(millis);
      return this;
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends the messages in one write. */
  RawConnection send(byte[]... messages) {
    try {
      socket.getOutputStream().write(join(messages));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next message; the tag 0 is the end of the connection. */
  Message next() {
    try {
      int tag = in.read();
      if (tag < 0) {
        return new Message('\0', new byte[0]);
      }
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      return new Message((char) tag, body);
    } catch (EOFException | SocketException _) {
      return new Message('\0', new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One byte as it comes, for the answer to SSLRequest; -1 is the end of the connection. */
  int nextByte() {
    try {
      return in.read();
    } catch (SocketException _) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All messages up to and with ReadyForQuery, or the end of the connection. */
  List<Message> untilReady() {
    return until('Z');
  }

  /** The first error among all messages up to and with ReadyForQuery. */
  Message error() {
    return untilReady().stream().filter(each -> each.tag() == 'E').findFirst().orElseThrow();
  }

  /** How much has come. */
  record Volume(long messages, long bytes) {}

  /** Counts all messages up to and with ReadyForQuery, and keeps none. */
  Volume volumeUntilReady() {
    long messages = 0;
    long bytes = 0;
    try {
      byte tag = 0;
      while (tag != 'Z') {
        tag = in.readByte();
        int length = in.readInt();
        in.skipNBytes(length - 4L);
        messages++;
        bytes += length + 1L;
      }
      return new Volume(messages, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All messages up to and with the first of the tag, or the end of the connection. */
  List<Message> until(char tag) {
    List<Message> messages = new ArrayList<>();
    Message message = next();
    messages.add(message);
    while (message.tag() != tag && message.tag() != '\0') {
      message = next();
      messages.add(message);
    }
    return messages;
  }

  /** The shapes of all messages up to the given number of ReadyForQuery. */
  List<String> shapes(int readies) {
    List<String> shapes = new ArrayList<>();
    for (int i = 0; i < readies; i++) {
      List<Message> messages = untilReady();
      messages.forEach(message -> shapes.add(message.tag() == '\0' ? "EOF" : message.shape()));
      if (messages.getLast().tag() == '\0') {
        return shapes;
      }
    }
    return shapes;
  }

  /** Sends a Query and returns the shapes of its replies. */
  List<String> ask(String sql) {
    send(query(sql));
    return shapes(1);
  }

  /** The first column of the first row of a Query's result. */
  String value(String sql) {
    send(query(sql));
    for (Message message : untilReady()) {
      if (message.tag() == 'D') {
        int length = number(message.body(), 2);
        return length < 0 ? "NULL" : new String(message.body(), 6, length, StandardCharsets.UTF_8);
      }
      if (message.tag() == 'E') {
        return message.field('C') + " " + message.field('M');
      }
    }
    return "";
  }

  /** Ends the sending half, as a client that is done. */
  void endOfSending() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Vanishes as a killed client does: a reset, no Terminate. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks the server to cancel what a connection does, and waits until it has taken note. */
  static void cancel(int port, int pid, byte[] key) {
    try (RawConnection connection = open(port)) {
      connection.cancels(pid, key);
    }
  }

  /** The same, on this connection, which has said nothing yet. */
  void cancels(int pid, byte[] key) {
    send(int32(12 + key.length), int32(80_877_102), int32(pid), key);
    nextByte();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
