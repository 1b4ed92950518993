package org.pglynx.proxy.app.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the process does (man sd_notify), if that has started it with {@code
 * Type=notify}: a datagram to the Unix socket that the environment names. Java has no such sockets,
 * so three functions of the C library are called.
 */
final class ServiceManager {
  /** It serves. */
  static final String READY = "READY=1";

  /** It reads its configuration again; {@link #READY} follows. */
  static String reloading() {
    // CLOCK_MONOTONIC, as systemd compares it (man sd_notify).
    return "RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000;
  }

  /** It accepts no more clients, and will end. */
  static final String STOPPING = "STOPPING=1";

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final int AF_UNIX = 1;

  /** SOCK_DGRAM | SOCK_CLOEXEC. */
  private static final int DATAGRAMS = 2 | 0x80000;

  /** sockaddr_un: the family, and the path. */
  private static final int PATH_BYTES = 108;

  private final @Nullable String socket;

  /** By the value of {@code NOTIFY_SOCKET}; null if nobody wants to know. */
  ServiceManager(@Nullable String socket) {
    this.socket = socket;
  }

  /** Tells it; whether it is heard is not known, and that nobody hears changes nothing. */
  void tell(String state) {
    String path = socket;
    if (path == null || path.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      send(arena, path.getBytes(StandardCharsets.UTF_8), state.getBytes(StandardCharsets.UTF_8));
    } catch (Throwable e) {
      LOG.warn("systemd could not be told {}: {}", state, e.toString());
    }
  }

  private static void send(Arena arena, byte[] path, byte[] state) throws Throwable {
    if (path.length >= PATH_BYTES) {
      throw new IllegalArgumentException("the path of NOTIFY_SOCKET is too long");
    }
    MemorySegment address = arena.allocate(Short.BYTES + PATH_BYTES);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, path.length);
    if (path[0] == '@') {
      // An abstract name begins with a zero, and has none at its end.
      address.set(ValueLayout.JAVA_BYTE, Short.BYTES, (byte) 0);
    }
    MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, state);
    MethodHandle open = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    MethodHandle send =
        function("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    MethodHandle close = function("close", JAVA_INT, JAVA_INT);
    int descriptor = (int) open.invokeExact(AF_UNIX, DATAGRAMS, 0);
    int length = Short.BYTES + path.length;
    long sent = (long) send.invokeExact(descriptor, text, (long) state.length, 0, address, length);
    int _ = (int) close.invokeExact(descriptor);
    if (sent < 0) {
      throw new IllegalStateException(
          "nobody listens on " + new String(path, StandardCharsets.UTF_8));
    }
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(result, arguments));
  }
}
