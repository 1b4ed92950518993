package org.pglynx.proxy.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pglynx.proxy.config.TcpConfig;
import org.pglynx.proxy.config.TransportKind;

/**
 * The event loops of the process and the channel classes that fit them.
 *
 * @param name epoll, io_uring or nio, for the log
 * @param loops the event loops
 * @param serverChannel the listening channel's class
 * @param socketChannel the connection's class
 * @param prepares what a new connection of the transport needs in its pipeline
 * @param tcpOptions the transport's names of TCP options
 * @param unix the same for Unix domain sockets
 */
public record Transport(
    String name,
    EventLoopGroup loops,
    Class<? extends ServerChannel> serverChannel,
    Class<? extends SocketChannel> socketChannel,
    Consumer<ChannelPipeline> prepares,
    TcpOptions tcpOptions,
    UnixSockets unix) {

  /**
   * With Netty 4.2.18's multishot POLL_ADD a reset that comes right behind data is not noticed: the
   * poll reports both at once, the read loop ends when the socket is empty, and an edge-triggered
   * poll does not report again. A poll that is armed for each read does (LeavingClientsIT). Read by
   * Netty when {@link IoUring} is loaded, so set before.
   */
  private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

  static {
    if (System.getProperty(MULTISHOT_POLL) == null) {
      System.setProperty(MULTISHOT_POLL, "false");
    }
  }

  /**
   * Starts the event loops. {@code AUTO} takes io_uring where it is available, else epoll, else NIO
   * (docs/adr/0003-transport.md says why).
   *
   * @throws TransportUnavailableException if a transport is asked for by name that this machine
   *     does not have
   */
  public static Transport start(TransportKind kind, int threads) {
    return switch (kind) {
      case AUTO -> best(threads);
      case EPOLL -> {
        require("epoll", Epoll.isAvailable(), Epoll.unavailabilityCause());
        yield epoll(threads);
      }
      case IO_URING -> {
        require("io_uring", IoUring.isAvailable(), IoUring.unavailabilityCause());
        yield ioUring(threads);
      }
      case NIO -> nio(threads);
    };
  }

  private static Transport best(int threads) {
    if (isAvailable(TransportKind.IO_URING)) {
      return ioUring(threads);
    }
    return isAvailable(TransportKind.EPOLL) ? epoll(threads) : nio(threads);
  }

  /** Whether the machine, its kernel and its container allow this transport. */
  public static boolean isAvailable(TransportKind kind) {
    return switch (kind) {
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
      case NIO, AUTO -> true;
    };
  }

  /** The single loops, in order. */
  public List<EventLoop> loopList() {
    List<EventLoop> list = new ArrayList<>();
    for (EventExecutor executor : loops) {
      list.add((EventLoop) executor);
    }
    return list;
  }

  /** Options of every connection, those of clients and those of servers. */
  public SocketOptions socketOptions(TcpConfig tcp) {
    return new SocketOptions(tcp.keepalive(), tcpOptions.values(tcp), tcpOptions.inherited(tcp));
  }

  /** The option of a listening socket that lets others listen on its port, too. */
  public ChannelOption<Boolean> reusePort() {
    return tcpOptions.reusePort();
  }

  /** Makes a new connection ready; to be called before its pipeline has any other handler. */
  public void prepare(ChannelPipeline pipeline) {
    ReadTurn.limit(pipeline.channel());
    prepares.accept(pipeline);
  }

  private static void require(String name, boolean available, Throwable cause) {
    if (!available) {
      throw new TransportUnavailableException(
          "general.transport = \""
              + name
              + "\" is not available here ("
              + (cause == null ? "unknown cause" : cause.getMessage())
              + "); use \"auto\"");
    }
  }

  private static Transport epoll(int threads) {
    return new Transport(
        "epoll",
        group(threads, EpollIoHandler.newFactory()),
        EpollServerSocketChannel.class,
        EpollSocketChannel.class,
        pipeline -> {},
        TcpOptions.epoll(),
        UnixSockets.epoll());
  }

  private static Transport ioUring(int threads) {
    return new Transport(
        "io_uring",
        group(threads, LoopEnd.of(IoUringIoHandler.newFactory())),
        IoUringServerSocketChannel.class,
        IoUringSocketChannel.class,
        CloseGuard::first,
        TcpOptions.ioUring(),
        UnixSockets.ioUring());
  }

  private static Transport nio(int threads) {
    return new Transport(
        "nio",
        group(threads, NioIoHandler.newFactory()),
        NioServerSocketChannel.class,
        NioSocketChannel.class,
        pipeline -> {},
        TcpOptions.nio(),
        UnixSockets.nio());
  }

  private static EventLoopGroup group(int threads, IoHandlerFactory handlers) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory("pglynx-loop"), handlers);
  }
}
