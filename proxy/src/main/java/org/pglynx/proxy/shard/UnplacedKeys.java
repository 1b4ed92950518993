package org.pglynx.proxy.shard;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pglynx.proxy.relay.Lookup;

/**
 * Keys that must be looked up.
 *
 * @param keys those of each directory
 */
record UnplacedKeys(Map<Directory, Set<KeyValue>> keys) implements Lookup {
  /** Copies the map. */
  UnplacedKeys {
    keys = Map.copyOf(keys);
  }

  /** The names of the directories. */
  String directories() {
    return keys.keySet().stream()
        .map(each -> '"' + each.name() + '"')
        .collect(Collectors.joining(", "));
  }
}
