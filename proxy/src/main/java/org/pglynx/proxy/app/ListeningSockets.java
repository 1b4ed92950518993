package org.pglynx.proxy.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.ListenerRow;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.ListenerConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.config.UnixSocketConfig;
import org.pglynx.proxy.frontend.Entrance;
import org.pglynx.proxy.frontend.Listener;
import org.pglynx.proxy.transport.InheritedSocket;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.transport.UnixSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the process listens on: a port of TCP, at one address or several, further ports, and a Unix
 * socket if there is to be one.
 */
final class ListeningSockets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);
  private final GeneralConfig general;
  private final List<Listener> tcp;
  private final Map<ListenerConfig, Listener> further;
  private final @Nullable Listener unix;
  private final boolean activated;
  private boolean left;
  private boolean closed;

  private ListeningSockets(
      GeneralConfig general,
      List<Listener> tcp,
      Map<ListenerConfig, Listener> further,
      @Nullable Listener unix,
      boolean activated) {
    this.general = general;
    this.tcp = tcp;
    this.further = further;
    this.unix = unix;
    this.activated = activated;
  }

  /**
   * Listens: where systemd says, if it has made sockets, else where the configuration says; on
   * further ports in any case.
   *
   * @throws UncheckedIOException if that is not possible
   */
  static ListeningSockets open(
      Transport transport, GeneralConfig general, Entry entrance, ActivatedSockets made) {
    if (made.sockets().isEmpty()) {
      return open(transport, general, entrance);
    }
    List<Listener> adopted = new ArrayList<>();
    try {
      for (InheritedSocket socket : made.sockets()) {
        adopted.add(
            Listener.adopt(transport, socket, transport.socketOptions(general.tcp()), entrance));
      }
      Map<ListenerConfig, Listener> further = further(transport, general, entrance);
      LOG.info(
          "listens on sockets of systemd: {}",
          adopted.stream().map(ListeningSockets::name).toList());
      return new ListeningSockets(general, List.copyOf(adopted), further, null, true);
    } catch (IOException e) {
      adopted.forEach(Listener::close);
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Listener listener) {
    return listener.port() < 0 ? listener.address() : listener.address() + ":" + listener.port();
  }

  /**
   * Listens.
   *
   * @throws UncheckedIOException if an address cannot be bound
   */
  private static ListeningSockets open(Transport transport, GeneralConfig general, Entry entrance) {
    List<Listener> tcp = new ArrayList<>();
    try {
      for (String host : general.hosts()) {
        // With port 0 the kernel chooses it for the first, and the others have the same.
        int port = tcp.isEmpty() ? general.port() : tcp.getFirst().port();
        tcp.add(bind(transport, general, host, port, entrance));
      }
      return new ListeningSockets(
          general,
          List.copyOf(tcp),
          further(transport, general, entrance),
          local(transport, general, tcp.getFirst().port(), entrance),
          false);
    } catch (IOException e) {
      tcp.forEach(Listener::close);
      throw new UncheckedIOException(e);
    }
  }

  private static Listener bind(
      Transport transport, GeneralConfig general, String host, int port, Entrance entrance)
      throws IOException {
    return Listener.bind(
        transport,
        new InetSocketAddress(host, port),
        general.reusePort(),
        transport.socketOptions(general.tcp()),
        entrance);
  }

  private static Map<ListenerConfig, Listener> further(
      Transport transport, GeneralConfig general, Entry entry) throws IOException {
    Map<ListenerConfig, Listener> bound = new LinkedHashMap<>();
    try {
      for (ListenerConfig each : general.listeners()) {
        bound.put(
            each, bind(transport, general, each.host(), each.port(), entry.to(each.target())));
      }
      return bound;
    } catch (IOException e) {
      bound.values().forEach(Listener::close);
      throw e;
    }
  }

  private static @Nullable Listener local(
      Transport transport, GeneralConfig general, int port, Entrance entrance) throws IOException {
    UnixSocketConfig unix = general.unixSocket();
    return unix.enabled()
        ? Listener.bind(
            transport,
            UnixSockets.path(unix.directory(), port),
            unix.mode(),
            unix.group(),
            general.reusePort(),
            entrance)
        : null;
  }

  /** The TCP port, also if the configuration says 0. */
  int port() {
    return tcp.stream().mapToInt(Listener::port).filter(port -> port >= 0).findFirst().orElse(-1);
  }

  /** The TCP port of the further listener of the name. */
  int port(String name) {
    return further.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no listener " + name))
        .getValue()
        .port();
  }

  /** For the console. */
  List<ListenerRow> rows() {
    List<ListenerRow> rows = new ArrayList<>();
    String tls =
        general.tls().clients().map(ClientTlsConfig::mode).orElse(TlsMode.DISABLE).configName();
    String target = general.target().configName();
    if (activated) {
      tcp.forEach(listener ->
          rows.add(
              new ListenerRow(
                  listener.port() < 0 ? "unix" : "tcp",
                  listener.address(),
                  listener.port(),
                  listener.port() < 0 ? TlsMode.DISABLE.configName() : tls,
                  target)));
      rows.addAll(furtherRows(tls));
      return rows;
    }
    general.hosts().forEach(host -> rows.add(new ListenerRow("tcp", host, port(), tls, target)));
    rows.addAll(furtherRows(tls));
    if (unix != null) {
      rows.add(
          new ListenerRow(
              "unix",
              UnixSockets.path(general.unixSocket().directory(), port()).toString(),
              port(),
              TlsMode.DISABLE.configName(),
              target));
    }
    return rows;
  }

  private List<ListenerRow> furtherRows(String tls) {
    return further.entrySet().stream()
        .map(entry ->
            new ListenerRow(
                "tcp",
                entry.getKey().host(),
                entry.getValue().port(),
                tls,
                entry.getKey().target().configName()))
        .toList();
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
    if (general.reusePort() && !activated) {
      leaveTogether();
    } else {
      close();
    }
  }

  /** Each takes half a second. */
  private void leaveTogether() {
    List<Thread> leaving =
        Stream.concat(tcp.stream(), further.values().stream())
            .map(each -> Thread.ofVirtual().start(each::leave))
            .toList();
    for (Thread each : leaving) {
      try {
        each.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
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
    tcp.forEach(Listener::close);
    further.values().forEach(Listener::close);
    Listener local = unix;
    if (local != null) {
      local.close();
    }
  }
}
