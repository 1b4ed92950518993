package org.pglynx.proxy.backend;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.SocketOptions;
import org.pglynx.proxy.transport.TlsDialers;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.transport.UnixSockets;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Opens connections to servers: to relay, and to carry a cancel request. One for the process. */
public final class BackendConnector implements Connector, PipeConnector {
  /** What Netty's own transports put before the system's words. */
  private static final Pattern NATIVE_CALL =
      Pattern.compile("^[\\w ]+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");

  private final Transport transport;
  private final Dialer dialer;
  private final TlsDialers dialers;
  private final Executor offload;
  private final Executor logins;
  private final ScramKeyCache keys;
  private final NonceSource nonces;
  private final ProtocolVersion versions = new ProtocolVersion();

  /**
   * A connector.
   *
   * @param transport in use
   * @param socketOptions of every TCP connection
   * @param hosts knows the addresses of host names
   * @param dialers knows the TLS of every target
   * @param offload runs row transforms, off the event loops
   * @param logins runs key derivation
   */
  public BackendConnector(
      Transport transport,
      SocketOptions socketOptions,
      HostAddresses hosts,
      TlsDialers dialers,
      Executor offload,
      Executor logins,
      ScramKeyCache keys,
      NonceSource nonces) {
    this.transport = transport;
    this.dialer = new Dialer(transport, socketOptions, hosts);
    this.dialers = dialers;
    this.offload = offload;
    this.logins = logins;
    this.keys = keys;
    this.nonces = nonces;
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    begin(new BackendConnection(target, this, owner, offload), loop);
  }

  @Override
  public PipeConnection pipe(
      BackendTarget target,
      EventLoop loop,
      Map<String, String> startup,
      ServerPipe.Receiver receiver,
      Consumer<PipeConnection> gone) {
    return new PipeConnection(target, this, loop, startup, receiver, gone);
  }

  @Override
  public void login(PipeConnection pipe, EventLoop loop) {
    begin(pipe, loop);
  }

  private void begin(Newcomer connection, EventLoop loop) {
    BackendTarget target = connection.target();
    TlsMode mode = mode(target);
    boolean encrypt = mode != TlsMode.DISABLE && mode != TlsMode.ALLOW;
    boolean either = mode == TlsMode.ALLOW || mode == TlsMode.PREFER;
    login(connection, loop, versions.of(target), encrypt, either);
  }

  /**
   * Tries to log in.
   *
   * @param encrypt whether to ask for TLS
   * @param either whether the other way may be tried if the server's rules are against this one
   */
  private void login(
      Newcomer connection, EventLoop loop, int version, boolean encrypt, boolean either) {
    BackendTarget target = connection.target();
    BackendLogin.Attempt attempt =
        new BackendLogin.Attempt(
            version,
            () -> login(connection, loop, ProtocolVersion.V3_0, encrypt, either),
            either ? () -> login(connection, loop, version, !encrypt, false) : null,
            () -> versions.remember(target, version));
    dialer.dial(target, loop, new LoginCall(connection, attempt, encrypt));
  }

  /** As with libpq there is no TLS on a Unix socket, whatever is configured. */
  private static TlsMode mode(BackendTarget target) {
    return UnixSockets.isDirectory(target.host()) ? TlsMode.DISABLE : target.tls().mode();
  }

  private ServerTls byTls(BackendTarget target, ServerTls.User user) {
    return new ServerTls(target, dialers.of(target.tls()), user);
  }

  /**
   * Sends a cancel request and waits until the server has closed the connection that carried it:
   * then its signal has been sent, and a statement sent later is safe from it. The key is a secret,
   * so TLS is tried even where connections are plain unless the server insists.
   */
  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    dialer.dialAgain(
        target,
        server,
        loop,
        new Dialer.Call() {
          @Override
          public ChannelHandler handler() {
            CancelHandler request = new CancelHandler(taken, pid, key);
            return mode(target) == TlsMode.DISABLE ? request : byTls(target, request);
          }

          @Override
          public void failed(Throwable cause) {
            taken.complete(null);
          }
        });
    return taken;
  }

  @Override
  public boolean lists(BackendTarget target, @Nullable SocketAddress server) {
    return dialer.lists(target, server);
  }

  /** Logs in on the first connection that can be had. */
  private final class LoginCall implements Dialer.Call {
    private final Newcomer connection;
    private final BackendLogin.Attempt attempt;
    private final boolean encrypt;

    LoginCall(Newcomer connection, BackendLogin.Attempt attempt, boolean encrypt) {
      this.connection = connection;
      this.attempt = attempt;
      this.encrypt = encrypt;
    }

    @Override
    public ChannelHandler handler() {
      BackendLogin login = new BackendLogin(connection, attempt, logins, keys, nonces);
      return encrypt ? byTls(connection.target(), login) : login;
    }

    @Override
    public void failed(Throwable cause) {
      connection.loginFailed(cannotConnect(connection.target(), cause));
    }
  }

  private static PgError cannotConnect(BackendTarget target, Throwable cause) {
    String message = cause.getMessage();
    return PgError.error(
            SqlState.CANNOT_CONNECT, "cannot connect to the server at " + target.describe())
        .withDetail(message == null ? null : NATIVE_CALL.matcher(message).replaceFirst(""));
  }
}
