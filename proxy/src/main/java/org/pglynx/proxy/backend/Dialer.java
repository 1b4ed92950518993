package org.pglynx.proxy.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.SocketOptions;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.transport.UnixSockets;

/**
 * Connects to servers, by a Unix socket or by TCP. The addresses of a host name are tried one after
 * the other until one can be connected to.
 */
final class Dialer {
  /** What is to be connected. */
  interface Call {
    /** A handler for one attempt. */
    ChannelHandler handler();

    /** No attempt has led to a connection. */
    void failed(Throwable cause);
  }

  private final Transport transport;
  private final SocketOptions socketOptions;
  private final HostAddresses hosts;

  Dialer(Transport transport, SocketOptions socketOptions, HostAddresses hosts) {
    this.transport = transport;
    this.socketOptions = socketOptions;
    this.hosts = hosts;
  }

  /** Connects to the target's server; the call hears a failure on the loop. */
  void dial(BackendTarget target, EventLoop loop, Call call) {
    String host = target.host();
    if (UnixSockets.isDirectory(host)) {
      Path path = UnixSockets.path(host, target.port());
      Bootstrap local = bootstrap(target, loop, call).channel(transport.unix().channel());
      open(local, transport.unix().addresses().apply(path), call::failed);
    } else if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      open(tcp(target, loop, call), new InetSocketAddress(host, target.port()), call::failed);
    } else {
      dialName(target, loop, call);
    }
  }

  /**
   * Connects to the very server of an earlier connection: a host name may lead to another one now.
   *
   * @param server the earlier connection's remote address
   */
  void dialAgain(BackendTarget target, @Nullable SocketAddress server, EventLoop loop, Call call) {
    if (server instanceof InetSocketAddress) {
      open(tcp(target, loop, call), server, call::failed);
    } else {
      dial(target, loop, call);
    }
  }

  /** Whether the target's host still has the address. */
  boolean lists(BackendTarget target, @Nullable SocketAddress server) {
    return !(server instanceof InetSocketAddress address)
        || address.getAddress() == null
        || hosts.lists(target.host(), address.getAddress());
  }

  private void dialName(BackendTarget target, EventLoop loop, Call call) {
    Future<?> _ =
        hosts
            .toTry(target.host())
            .copy()
            .orTimeout(target.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((found, trouble) -> {
              if (loop.inEventLoop()) {
                resolved(target, loop, call, found, trouble);
              } else {
                loop.execute(() -> resolved(target, loop, call, found, trouble));
              }
            });
  }

  private void resolved(
      BackendTarget target,
      EventLoop loop,
      Call call,
      @Nullable List<InetAddress> found,
      @Nullable Throwable trouble) {
    if (found == null) {
      call.failed(unknown(target, trouble));
    } else {
      tryNext(target, loop, call, found.iterator());
    }
  }

  private static UnknownHostException unknown(BackendTarget target, @Nullable Throwable trouble) {
    Throwable cause =
        trouble instanceof CompletionException wrapper && wrapper.getCause() != null
            ? wrapper.getCause()
            : trouble;
    return cause instanceof UnknownHostException
        ? new UnknownHostException("unknown host " + target.host())
        : new UnknownHostException(
            "the host name " + target.host() + " cannot be resolved: " + cause);
  }

  private void tryNext(
      BackendTarget target, EventLoop loop, Call call, Iterator<InetAddress> addresses) {
    InetSocketAddress next = new InetSocketAddress(addresses.next(), target.port());
    open(
        tcp(target, loop, call),
        next,
        cause -> {
          if (addresses.hasNext()) {
            tryNext(target, loop, call, addresses);
          } else {
            hosts.doubt(target.host());
            call.failed(cause);
          }
        });
  }

  private Bootstrap tcp(BackendTarget target, EventLoop loop, Call call) {
    Bootstrap server = bootstrap(target, loop, call).channel(transport.socketChannel());
    socketOptions.on(server);
    return server;
  }

  private Bootstrap bootstrap(BackendTarget target, EventLoop loop, Call call) {
    return new Bootstrap()
        .group(loop)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, target.connectTimeoutMillis())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                transport.prepare(channel.pipeline());
                channel.pipeline().addLast(call.handler());
              }
            });
  }

  private static void open(Bootstrap server, SocketAddress address, Consumer<Throwable> failed) {
    Future<?> _ =
        server
            .connect(address)
            .addListener(done -> {
              if (!done.isSuccess()) {
                failed.accept(done.cause());
              }
            });
  }
}
