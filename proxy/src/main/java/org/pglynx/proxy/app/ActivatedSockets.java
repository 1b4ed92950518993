package org.pglynx.proxy.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.transport.InheritedSocket;
import org.pglynx.proxy.transport.TransportUnavailableException;

/**
 * The listening sockets that systemd has made for this process (man sd_listen_fds), as a unit
 * {@code pglynx.socket} says. They stay open while the process is restarted, so that nobody is
 * refused.
 *
 * @param sockets in systemd's order; none if it has made none
 */
public record ActivatedSockets(List<InheritedSocket> sockets) {
  /** None: the configuration says where to listen. */
  public static final ActivatedSockets NONE = new ActivatedSockets(List.of());

  private static final int FIRST = 3;

  /** Copies the list. */
  public ActivatedSockets {
    sockets = List.copyOf(sockets);
  }

  /**
   * By the environment of a process.
   *
   * @param pid its number: the variables may be meant for the one that has started it
   */
  static ActivatedSockets of(Map<String, String> environment, long pid) {
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (!environment.getOrDefault("LISTEN_PID", "").equals(String.valueOf(pid))
        || !count.matches("[1-9][0-9]{0,3}")) {
      return NONE;
    }
    List<InheritedSocket> sockets = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(count); i++) {
      try {
        sockets.add(InheritedSocket.of(FIRST + i));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new ActivatedSockets(sockets);
  }

  /** The transport that carries them: the one that is configured, if there are none. */
  TransportKind transport(TransportKind configured) {
    return switch (configured) {
      case AUTO, EPOLL -> sockets.isEmpty() ? configured : TransportKind.EPOLL;
      case IO_URING, NIO -> {
        if (!sockets.isEmpty()) {
          throw new TransportUnavailableException(
              "general.transport = \""
                  + configured.configName()
                  + "\" cannot take the sockets of systemd (LISTEN_FDS); use \"auto\"");
        }
        yield configured;
      }
    };
  }
}
