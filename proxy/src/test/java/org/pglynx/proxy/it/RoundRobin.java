package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One address before several ports: each connection goes to the next one. */
final class RoundRobin implements AutoCloseable {
  private final ServerSocket listening;
  private final int[] ports;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private int next;

  private RoundRobin(ServerSocket listening, int[] ports) {
    this.listening = listening;
    this.ports = ports;
  }

  static RoundRobin before(int... ports) {
    try {
      RoundRobin front =
          new RoundRobin(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), ports);
      Thread.ofVirtual().start(front::accept);
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket proxy = new Socket(InetAddress.getLoopbackAddress(), ports[next++ % ports.length]);
        open.add(client);
        open.add(proxy);
        Thread.ofVirtual().start(() -> carry(client, proxy));
        Thread.ofVirtual().start(() -> carry(proxy, client));
      } catch (IOException _) {
        // A proxy that is not there, or the end.
      }
    }
  }

  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // Either side may go at any time.
    } finally {
      open.remove(from);
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
