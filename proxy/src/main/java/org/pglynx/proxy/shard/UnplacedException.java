package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.relay.ShardRoute;

/** Keys must be looked up before it is known where they live. */
final class UnplacedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Map<Directory, List<KeyValue>> keys = new LinkedHashMap<>();

  /** None yet. */
  UnplacedException() {
    super("keys must be looked up", null, false, false);
  }

  /** One key. */
  UnplacedException(Directory directory, KeyValue key) {
    this();
    keys.computeIfAbsent(directory, none -> new ArrayList<>()).add(key);
  }

  /** Those of the other one, too. */
  void add(UnplacedException other) {
    other.keys.forEach((directory, more) ->
        keys.computeIfAbsent(directory, none -> new ArrayList<>()).addAll(more));
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Where a statement goes that has them: nobody knows before. */
  ShardRoute route() {
    return new ShardRoute.Unknown(new UnplacedKeys(keys));
  }
}
