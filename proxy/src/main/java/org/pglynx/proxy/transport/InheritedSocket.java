package org.pglynx.proxy.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A listening socket that somebody else has made, by its descriptor. Netty adopts such with epoll
 * alone. It must not block, and no process that this one starts is to have it; Java can set
 * neither, so functions of the C library are called.
 *
 * @param descriptor its number
 * @param local whether it is one of a Unix domain
 */
public record InheritedSocket(int descriptor, boolean local) {
  private static final int F_SETFD = 2;
  private static final int F_SETFL = 4;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = 04000;
  private static final int AF_UNIX = 1;

  /** sockaddr_storage. */
  private static final int ADDRESS_BYTES = 128;

  /**
   * Looks at a descriptor.
   *
   * @throws IOException if it is no socket
   */
  public static InheritedSocket of(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
      MethodHandle name = function("getsockname", 3, JAVA_INT, ADDRESS, ADDRESS);
      MethodHandle control = function("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT);
      if ((int) name.invokeExact(descriptor, address, length) < 0
          || (int) control.invokeExact(descriptor, F_SETFD, FD_CLOEXEC) < 0
          || (int) control.invokeExact(descriptor, F_SETFL, O_NONBLOCK) < 0) {
        throw new IOException("descriptor " + descriptor + " is no socket");
      }
      return new InheritedSocket(descriptor, address.get(JAVA_SHORT, 0) == AF_UNIX);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("descriptor " + descriptor + " cannot be looked at", e);
    }
  }

  /** Of which the arguments from this one on may be of any type. */
  private static MethodHandle function(String name, int variadic, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, arguments);
    MemorySegment code = linker.defaultLookup().find(name).orElseThrow();
    return variadic < arguments.length
        ? linker.downcallHandle(code, shape, Linker.Option.firstVariadicArg(variadic))
        : linker.downcallHandle(code, shape);
  }

  /** A channel that listens on it. */
  public ServerChannel channel() {
    return local
        ? new EpollServerDomainSocketChannel(descriptor, true)
        : new EpollServerSocketChannel(descriptor);
  }
}
