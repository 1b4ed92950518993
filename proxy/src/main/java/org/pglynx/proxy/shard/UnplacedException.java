package org.pglynx.proxy.shard;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Keys must be looked up before it is known where they live. */
final class UnplacedException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Far fewer than a directory remembers, so that those of one statement do not oust each other.
   */
  static final int MOST = 10_000;

  private final transient Map<Directory, Set<KeyValue>> keys = new LinkedHashMap<>();

  /** None yet. */
  UnplacedException() {
    super("keys must be looked up", null, false, false);
  }

  /** One key. */
  UnplacedException(Directory directory, KeyValue key) {
    this();
    keys.computeIfAbsent(directory, none -> new LinkedHashSet<>()).add(key);
  }

  /** Those of the other one, too. */
  void add(UnplacedException other) {
    other.keys.forEach((directory, more) ->
        keys.computeIfAbsent(directory, none -> new LinkedHashSet<>()).addAll(more));
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Whether one statement may not have so many: further ones need not be found. */
  boolean tooMany() {
    int count = 0;
    for (Set<KeyValue> each : keys.values()) {
      count += each.size();
    }
    return count > MOST;
  }

  /** Where a statement goes that has them: nobody knows before. */
  ShardRoute route() {
    return tooMany()
        ? new ShardRoute.Refused(refusal())
        : new ShardRoute.Unknown(new UnplacedKeys(keys));
  }

  private PgError refusal() {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "the statement has more than %d keys that have to be looked up in the directory %s"
                .formatted(MOST, new UnplacedKeys(keys).directories()))
        .withHint("Give it smaller lists of keys, or join with a table that has them.");
  }
}
