package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.List;

/** Reads {@code [listeners.NAME]}: ports besides that of {@code [general]}. */
final class ListenersReader {
  private final Section section;

  ListenersReader(Section section) {
    this.section = section;
  }

  /**
   * Reads them.
   *
   * @param hosts of {@code [general]}: who names no address listens on the first
   * @param port that of {@code [general]}
   */
  List<ListenerConfig> read(String hosts, int port) {
    String host = hosts.split(",", -1)[0].strip();
    List<ListenerConfig> listeners = new ArrayList<>();
    for (Section each : section.tables()) {
      ListenerConfig listener =
          new ListenerConfig(
              each.name(),
              each.text("host", host),
              each.requiredInteger("port", 0, 65_535),
              each.choice("target_session_attrs", TargetSessionAttrs.ANY));
      if (taken(listener, host, port, listeners)) {
        each.fault("port", listener.port() + " is another listener's already");
      }
      each.finish();
      listeners.add(listener);
    }
    return listeners;
  }

  private static boolean taken(
      ListenerConfig listener, String host, int port, List<ListenerConfig> earlier) {
    return listener.port() != 0
        && (listener.port() == port && listener.host().equals(host)
            || earlier.stream()
                .anyMatch(other ->
                    other.port() == listener.port() && other.host().equals(listener.host())));
  }
}
