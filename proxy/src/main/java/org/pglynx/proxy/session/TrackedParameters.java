package org.pglynx.proxy.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which parameters of a session follow it from server to server. */
final class TrackedParameters {
  /** Of the startup packet, but no parameters of the session. */
  private static final Set<String> NOT_PARAMETERS =
      caseless("user", "database", "replication", "options");

  private TrackedParameters() {}

  private static Set<String> caseless(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(Set.of(names));
    return set;
  }

  /**
   * The session parameters of a startup packet, those in {@code options} included.
   *
   * @throws IllegalArgumentException if {@code options} holds anything but {@code -c name=value}
   *     and {@code --name=value}
   */
  static Map<String, String> of(Map<String, String> startup) {
    Map<String, String> parameters = new LinkedHashMap<>();
    startup.forEach((name, value) -> {
      if (!NOT_PARAMETERS.contains(name)) {
        parameters.put(name, value);
      }
    });
    StartupOptions.read(startup.getOrDefault("options", ""), parameters);
    return parameters;
  }
}
