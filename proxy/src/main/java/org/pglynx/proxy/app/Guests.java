package org.pglynx.proxy.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.dashboard.Guest;
import org.pglynx.proxy.dashboard.GuestDoor;
import org.pglynx.proxy.frontend.Entrance;
import org.pglynx.proxy.frontend.Listener;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * The door for those who come by the dashboard: a port of the loopback interface that only this
 * process is let in by, on behalf of somebody whose address the rules about clients are asked with,
 * as if that had connected to the port for clients. It stays open while the process stops, so that
 * the dashboard shows how.
 */
final class Guests implements Entrance, GuestDoor, AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;

  private final Entry entry;
  private final Map<SocketAddress, Origin> expected = new ConcurrentHashMap<>();
  private @Nullable Listener listener;

  private Guests(Entry entry) {
    this.entry = entry;
  }

  /**
   * Opens it.
   *
   * @throws UncheckedIOException if there is no port left
   */
  static Guests open(Transport transport, GeneralConfig general, Entry entry) {
    Guests guests = new Guests(entry);
    try {
      guests.listener =
          Listener.bind(
              transport,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              false,
              transport.socketOptions(general.tcp()),
              guests);
      return guests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ClientDoor door() {
    // There is no TLS within the process: that of HTTP is what the rules are told about. What a
    // listener's clients may use is said of clients that connect to it.
    return entry.door().within();
  }

  @Override
  public @Nullable TlsAcceptor tls() {
    return null;
  }

  @Override
  public boolean expects(SocketAddress remote) {
    return expected.containsKey(remote);
  }

  @Override
  public @Nullable Origin spokenFor(SocketAddress remote) {
    return expected.get(remote);
  }

  @Override
  public Socket enter(Guest guest) throws IOException, PgErrorException {
    check(guest, entry.door().tls());
    Listener open = listener;
    if (open == null) {
      throw new IOException("the proxy is not open yet");
    }
    Socket socket = new GuestSocket();
    try {
      socket.setTcpNoDelay(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      expected.put(
          socket.getLocalSocketAddress(),
          new Origin(guest.address(), guest.encrypted(), null, null));
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), open.port()), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** What is asked of a client's own connection is asked of the browser's. */
  private static void check(Guest guest, TlsMode mode) throws PgErrorException {
    if (mode.verifies()) {
      throw refusal("clients show certificates here, which the dashboard cannot", mode);
    }
    if (mode.required() && !guest.encrypted()) {
      throw refusal("clients encrypt their connections here: use https", mode);
    }
  }

  private static PgErrorException refusal(String why, TlsMode mode) {
    return PgError.fatal(SqlState.INVALID_AUTHORIZATION, why)
        .withHint("client_tls_sslmode is \"" + mode.configName() + "\".")
        .toException();
  }

  @Override
  public void close() {
    Listener open = listener;
    if (open != null) {
      open.close();
    }
  }

  /** Is expected until it is closed. */
  private final class GuestSocket extends Socket {
    @Override
    public void close() throws IOException {
      SocketAddress local = getLocalSocketAddress();
      if (local != null) {
        // First: once it is closed, another process may get the port.
        expected.remove(local);
      }
      super.close();
    }
  }
}
