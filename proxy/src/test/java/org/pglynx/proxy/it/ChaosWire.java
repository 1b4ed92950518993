package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A bad line to a port of this machine: it tears writes apart, delays them, and is cut. */
final class ChaosWire implements AutoCloseable {
  /** What the line does to the bytes. */
  enum Temper {
    /** Passes them on. */
    CALM,
    /** One byte at a time. */
    BYTEWISE,
    /** Pieces of random size with small pauses. */
    RAGGED
  }

  private final ServerSocket listener;
  private final int target;
  private final Temper temper;
  private final AtomicInteger stalls = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private volatile boolean dropping;

  private ChaosWire(ServerSocket listener, int target, Temper temper) {
    this.listener = listener;
    this.target = target;
    this.temper = temper;
  }

  static ChaosWire to(int port, Temper temper) {
    return to(port, temper, "127.0.0.1", 0);
  }

  /** One that listens on an address and a port of this machine; 0 is any port. */
  static ChaosWire to(int port, Temper temper, String address, int listenPort) {
    try {
      ServerSocket listener = new ServerSocket(listenPort, 50, InetAddress.getByName(address));
      ChaosWire wire = new ChaosWire(listener, port, temper);
      Thread.ofVirtual().start(wire::accept);
      return wire;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        if (dropping) {
          open.add(near);
          continue;
        }
        connect(near);
      }
    } catch (IOException _) {
      // The listener is closed.
    }
  }

  /** Who comes while nobody is at the other end is sent away, and the wire goes on. */
  private void connect(Socket near) throws IOException {
    Socket far = new Socket();
    try {
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
    } catch (IOException _) {
      near.close();
      return;
    }
    near.setTcpNoDelay(true);
    far.setTcpNoDelay(true);
    open.add(near);
    open.add(far);
    Thread.ofVirtual().start(() -> carry(near, far));
    Thread.ofVirtual().start(() -> carry(far, near));
  }

  private void carry(Socket from, Socket to) {
    int generation = stalls.get();
    Random random = new Random(4711);
    byte[] buffer = new byte[65_536];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        if (stalls.get() != generation) {
          swallow(in, buffer);
          return;
        }
        pass(buffer, count, out, random);
        count = in.read(buffer);
      }
    } catch (IOException _) {
      // Either end has gone, and takes the other with it.
    }
  }

  /** What comes is lost, and nobody is told, until the wire is closed. */
  private static void swallow(InputStream in, byte[] buffer) throws IOException {
    int count = in.read(buffer);
    while (count >= 0) {
      count = in.read(buffer);
    }
  }

  private void pass(byte[] buffer, int count, OutputStream out, Random random) throws IOException {
    int at = 0;
    while (at < count) {
      int piece =
          switch (temper) {
            case CALM -> count - at;
            case BYTEWISE -> 1;
            case RAGGED -> Math.min(count - at, 1 + random.nextInt(random.nextInt(4000) + 1));
          };
      out.write(buffer, at, piece);
      out.flush();
      at += piece;
      if (temper == Temper.RAGGED && random.nextInt(4) == 0) {
        Eventually.pause(1);
      }
    }
  }

  /** From now on nothing passes on the present connections, as if a firewall had forgotten them. */
  void stall() {
    stalls.incrementAndGet();
  }

  /**
   * As if the line were cut, or all packets dropped: what comes is lost, on connections yet to be
   * made as well. Mended, it carries new connections; those of before stay dead.
   */
  void drop(boolean on) {
    dropping = on;
    stall();
  }

  /** Cuts all present connections. */
  void cut() {
    for (Socket socket : open) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException _) {
        // Closed already.
      }
    }
    open.clear();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
