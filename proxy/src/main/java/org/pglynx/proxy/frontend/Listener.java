package org.pglynx.proxy.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.transport.InheritedSocket;
import org.pglynx.proxy.transport.SocketOptions;
import org.pglynx.proxy.transport.SynFilter;
import org.pglynx.proxy.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket, of TCP or of a Unix domain. */
public final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 4096;

  private final Channel channel;
  private final @Nullable UnixSocketFile file;

  private Listener(Channel channel, @Nullable UnixSocketFile file) {
    this.channel = channel;
    this.file = file;
  }

  /**
   * Binds and listens.
   *
   * @param shares whether other processes may listen on the port, too
   * @param options of every accepted connection
   * @param entrance what they come in by
   * @throws IOException if the address cannot be bound
   */
  public static Listener bind(
      Transport transport,
      InetSocketAddress address,
      boolean shares,
      SocketOptions options,
      Entrance entrance)
      throws IOException {
    ServerBootstrap server =
        bootstrap(transport, entrance, true)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true);
    if (shares) {
      server.option(transport.reusePort(), true);
    }
    options.onAccepted(server);
    return new Listener(bind(server, address), null);
  }

  /**
   * Binds a Unix socket and listens. Its permissions are set right behind the bind, as by Postgres,
   * and there is no TLS on it, as with Postgres.
   *
   * @param group whose the socket is; empty for that of the process
   * @param takesOver whether the path may be another process's, which listens on unseen then
   * @throws IOException if the path cannot be bound
   */
  public static Listener bind(
      Transport transport, Path path, int mode, String group, boolean takesOver, Entrance entrance)
      throws IOException {
    UnixSocketFile file = UnixSocketFile.at(path, takesOver);
    ServerBootstrap server =
        bootstrap(transport, entrance, false).channel(transport.unix().serverChannel());
    Channel bound = bind(server, transport.unix().addresses().apply(file.bound()));
    try {
      file.open(mode, group);
      return new Listener(bound, file);
    } catch (IOException e) {
      bound.close().awaitUninterruptibly();
      throw e;
    }
  }

  /**
   * Listens on a socket that somebody else has made and holds: whoever connects while nobody
   * accepts waits there.
   *
   * @param options of every accepted connection of TCP
   * @throws IOException if that is not possible
   */
  public static Listener adopt(
      Transport transport, InheritedSocket socket, SocketOptions options, Entrance entrance)
      throws IOException {
    ServerBootstrap server =
        bootstrap(transport, entrance, !socket.local()).channelFactory(socket::channel);
    if (!socket.local()) {
      options.onAccepted(server);
    }
    return new Listener(done(server.register()), null);
  }

  private static ServerBootstrap bootstrap(
      Transport transport, Entrance entrance, boolean encrypts) {
    return new ServerBootstrap()
        .group(transport.loops())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childHandler(new Acceptor(transport, entrance, encrypts));
  }

  private static Channel bind(ServerBootstrap server, SocketAddress address) throws IOException {
    return done(server.bind(address));
  }

  private static Channel done(ChannelFuture begun) throws IOException {
    ChannelFuture done = begun.awaitUninterruptibly();
    if (!done.isSuccess()) {
      throw new IOException(done.cause().getMessage(), done.cause());
    }
    return done.channel();
  }

  /** The port it listens on, also if port 0 was asked for; -1 of a Unix socket. */
  public int port() {
    return channel.localAddress() instanceof InetSocketAddress address ? address.getPort() : -1;
  }

  /** What it listens on: an address, or the path of a Unix socket. */
  public String address() {
    if (channel.localAddress() instanceof InetSocketAddress address) {
      return address.getAddress().getHostAddress();
    }
    // Netty does not ask a socket that it has not bound itself.
    return channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket
        ? socket.localDomainSocketAddress().path()
        : String.valueOf(channel.localAddress());
  }

  /**
   * Accepts no more, but all that is on its way; others listen on the port, and get what comes
   * later. Returns when that is done: after half a second, while {@link #close} may be called.
   */
  public void leave() {
    if (SynFilter.attach(channel)) {
      channel.closeFuture().awaitUninterruptibly(SynFilter.SETTLE_MILLIS);
    }
    close();
  }

  /** Accepts no more. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    UnixSocketFile made = file;
    if (made != null) {
      try {
        made.remove();
      } catch (IOException e) {
        LOG.warn("the file of the Unix socket could not be removed: {}", e.getMessage());
      }
    }
  }

  private static final class Acceptor extends ChannelInitializer<Channel> {
    private final Transport transport;
    private final Entrance entrance;
    private final boolean encrypts;

    Acceptor(Transport transport, Entrance entrance, boolean encrypts) {
      this.transport = transport;
      this.entrance = entrance;
      this.encrypts = encrypts;
    }

    @Override
    protected void initChannel(Channel accepted) {
      if (!entrance.expects(accepted.remoteAddress())) {
        accepted.close();
        return;
      }
      transport.prepare(accepted.pipeline());
      accepted
          .pipeline()
          .addLast(
              new FrontendHandler(
                  entrance.door(),
                  encrypts ? entrance.tls() : null,
                  entrance.spokenFor(accepted.remoteAddress())));
    }
  }
}
