package org.pglynx.proxy.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says what a test wants it to say, right or wrong, to each connection. */
final class FakePostgres implements AutoCloseable {
  /** What one connection is told. */
  interface Script {
    void play(Peer peer) throws IOException;
  }

  /** One connection, at the server's end. */
  static final class Peer {
    private final DataInputStream in;
    private final OutputStream out;

    private Peer(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Reads a startup packet; the version or request code that it bears. */
    int startup() throws IOException {
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      return java.nio.ByteBuffer.wrap(body).getInt();
    }

    /** Reads a message; its tag, or 0 at the end of the connection. */
    char message() throws IOException {
      int tag = in.read();
      if (tag < 0) {
        return 0;
      }
      in.skipNBytes(in.readInt() - 4L);
      return (char) tag;
    }

    /** Reads messages up to a Query; its text, empty at the end of the connection. */
    String query() throws IOException {
      for (int tag = in.read(); tag >= 0; tag = in.read()) {
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        if (tag == 'Q') {
          return new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
        }
      }
      return "";
    }

    /** Reads SASLInitialResponse; the nonce of a SCRAM client. */
    String scramNonce() throws IOException {
      in.readByte();
      byte[] body = new byte[in.readInt() - 4];
      in.readFully(body);
      String text = new String(body, StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf("r=") + 2);
    }

    Peer says(byte[]... messages) throws IOException {
      out.write(RawConnection.join(messages));
      return this;
    }

    /** AuthenticationOk, BackendKeyData, ReadyForQuery. */
    Peer letsIn() throws IOException {
      return says(
          RawConnection.frame('R', RawConnection.int32(0)),
          RawConnection.frame('K', RawConnection.int32(42), new byte[4]),
          idle());
    }

    /** Answers every Query with its command tag. */
    void serves() throws IOException {
      for (char tag = message(); tag != 0; tag = message()) {
        if (tag == 'Q') {
          says(RawConnection.frame('C', RawConnection.cstring("DONE")), idle());
        }
      }
    }
  }

  private final ServerSocket listening;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();

  private FakePostgres(ServerSocket listening, Script script) {
    this.listening = listening;
    this.script = script;
  }

  static FakePostgres that(Script script) {
    try {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      FakePostgres fake = new FakePostgres(socket, script);
      Thread.ofPlatform().daemon().name("fake-postgres").start(fake::accept);
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] idle() {
    return RawConnection.frame('Z', new byte[] {'I'});
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        connections.incrementAndGet();
        Thread.ofPlatform().daemon().start(() -> play(socket));
      } catch (IOException _) {
        // Closed: the loop ends.
      }
    }
  }

  private void play(Socket socket) {
    try (socket) {
      script.play(new Peer(socket));
    } catch (IOException _) {
      // The proxy has hung up on it, as it may.
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many connections there have been. */
  int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
