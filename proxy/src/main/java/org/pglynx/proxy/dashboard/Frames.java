package org.pglynx.proxy.dashboard;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages of the protocol on a socket; used by one thread at a time. */
final class Frames {
  /** More than any value that a page could show. */
  private static final int MOST_BYTES = 64 << 20;

  /** One message of the proxy, its body without tag and length. */
  record Frame(char tag, ByteBuffer body) {
    /** The text up to the next NUL. */
    String string() {
      int start = body.position();
      while (body.get() != 0) {
        // The protocol ends each string so.
      }
      return text(start, body.position() - 1 - start);
    }

    String text(int at, int length) {
      return new String(body.array(), body.arrayOffset() + at, length, StandardCharsets.UTF_8);
    }
  }

  private final DeadlineInput deadline;
  private final DataInputStream in;
  private final OutputStream out;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private int patienceMillis;

  Frames(Socket socket) throws IOException {
    this.deadline = new DeadlineInput(socket);
    this.in = new DataInputStream(new BufferedInputStream(deadline, 16 << 10));
    this.out = socket.getOutputStream();
  }

  /**
   * How long the whole answer to what is sent may take, however many messages it has; then reading
   * fails with a {@link java.net.SocketTimeoutException}.
   *
   * @param millis from when it is sent; 0 is without end
   */
  void patience(int millis) {
    patienceMillis = millis;
  }

  /** Writes a body. */
  @FunctionalInterface
  interface Body {
    void write(DataOutputStream body) throws IOException;
  }

  /** Adds a message; without a tag if that is 0, as the first ones of a connection are. */
  Frames add(int tag, Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.write(new DataOutputStream(bytes));
    DataOutputStream framed = new DataOutputStream(pending);
    if (tag != 0) {
      framed.writeByte(tag);
    }
    framed.writeInt(bytes.size() + Integer.BYTES);
    bytes.writeTo(framed);
    return this;
  }

  void send() throws IOException {
    pending.writeTo(out);
    pending.reset();
    out.flush();
    deadline.begin(patienceMillis);
  }

  static void string(DataOutputStream body, String text) throws IOException {
    body.write(text.getBytes(StandardCharsets.UTF_8));
    body.writeByte(0);
  }

  /** Whether something has come that has not been read. */
  boolean waiting() throws IOException {
    return in.available() > 0;
  }

  Frame next() throws IOException {
    char tag = (char) in.readUnsignedByte();
    int length = in.readInt() - Integer.BYTES;
    if (length < 0 || length > MOST_BYTES) {
      throw new IOException("a message of " + length + " bytes");
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return new Frame(tag, ByteBuffer.wrap(body));
  }
}
