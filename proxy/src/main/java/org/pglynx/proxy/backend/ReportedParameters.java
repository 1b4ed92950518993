package org.pglynx.proxy.backend;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a server reports (ParameterStatus), and whether a client has left any of them
 * with another value than before.
 */
final class ReportedParameters {
  private final Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, @Nullable String> before = new HashMap<>();

  Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** A value that the proxy's own doing brought about. */
  void known(String name, String value) {
    values.put(name, value);
  }

  /** A value that the client's doing brought about. */
  void changed(String name, String value) {
    String old = values.put(name, value);
    if (!before.containsKey(name)) {
      before.put(name, old);
    }
    // SET LOCAL, or a transaction that was rolled back.
    before.remove(name, value);
  }

  /** Whether a client has changed any for longer than its transaction. */
  boolean anyChanged() {
    return !before.isEmpty();
  }

  /** The present values are what they should be. */
  void settle() {
    before.clear();
  }
}
