package org.pglynx.proxy.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * What comes of a socket until a deadline. The socket's own limit is one of a read, and begins anew
 * with every few bytes: so each read gets what is left of the time. Used by one thread at a time.
 */
final class DeadlineInput extends InputStream {
  private final Socket socket;
  private final InputStream in;
  private boolean limited;
  private long endNanos;

  DeadlineInput(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /**
   * From now.
   *
   * @param millis 0 is without end
   */
  void begin(int millis) {
    limited = millis > 0;
    endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void limit() throws IOException {
    if (!limited) {
      socket.setSoTimeout(0);
      return;
    }
    long rest = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
    if (rest <= 0) {
      throw new SocketTimeoutException("the time for the answer is over");
    }
    socket.setSoTimeout((int) rest);
  }

  @Override
  public int read() throws IOException {
    limit();
    return in.read();
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    limit();
    return in.read(bytes, from, length);
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }
}
