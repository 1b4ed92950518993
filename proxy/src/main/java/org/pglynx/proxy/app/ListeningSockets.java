package org.pglynx.proxy.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.ListenerRow;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.config.UnixSocketConfig;
import org.pglynx.proxy.frontend.Entrance;
import org.pglynx.proxy.frontend.Listener;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.transport.UnixSockets;

/** What the process listens on: a port of TCP, and a Unix socket if there is to be one. */
final class ListeningSockets implements AutoCloseable {
  private final GeneralConfig general;
  private final Listener tcp;
  private final @Nullable Listener unix;
  private boolean left;
  private boolean closed;

  private ListeningSockets(GeneralConfig general, Listener tcp, @Nullable Listener unix) {
    this.general = general;
    this.tcp = tcp;
    this.unix = unix;
  }

  /**
   * Listens.
   *
   * @throws UncheckedIOException if an address cannot be bound
   */
  static ListeningSockets open(Transport transport, GeneralConfig general, Entrance entrance) {
    try {
      InetSocketAddress address = new InetSocketAddress(general.host(), general.port());
      Listener tcp =
          Listener.bind(
              transport,
              address,
              general.reusePort(),
              transport.socketOptions(general.tcp()),
              entrance);
      return new ListeningSockets(general, tcp, local(transport, general, tcp, entrance));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Listener local(
      Transport transport, GeneralConfig general, Listener tcp, Entrance entrance)
      throws IOException {
    UnixSocketConfig unix = general.unixSocket();
    if (!unix.enabled()) {
      return null;
    }
    try {
      Path path = UnixSockets.path(unix.directory(), tcp.port());
      return Listener.bind(transport, path, unix.mode(), general.reusePort(), entrance);
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
  }

  /** The TCP port, also if the configuration says 0. */
  int port() {
    return tcp.port();
  }

  /** For the console. */
  List<ListenerRow> rows() {
    List<ListenerRow> rows = new ArrayList<>();
    String tls =
        general.tls().clients().map(ClientTlsConfig::mode).orElse(TlsMode.DISABLE).configName();
    rows.add(new ListenerRow("tcp", general.host(), port(), tls));
    if (unix != null) {
      rows.add(
          new ListenerRow(
              "unix",
              UnixSockets.path(general.unixSocket().directory(), port()).toString(),
              port(),
              TlsMode.DISABLE.configName()));
    }
    return rows;
  }

  /**
   * Accepts no more clients, once only: another process may listen there while this one still has
   * some. If that shares the port, it is left without a loss, and the Unix socket stays until the
   * end: cancel requests for who is still here come in by it, from the other process.
   */
  void leave() {
    synchronized (this) {
      if (left) {
        return;
      }
      left = true;
    }
    if (general.reusePort()) {
      tcp.leave();
    } else {
      close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      left = true;
      if (closed) {
        return;
      }
      closed = true;
    }
    tcp.close();
    Listener local = unix;
    if (local != null) {
      local.close();
    }
  }
}
