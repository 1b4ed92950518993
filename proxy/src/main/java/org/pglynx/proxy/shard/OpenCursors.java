package org.pglynx.proxy.shard;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cursors and portals of a transaction on several shards, which have their names in common. */
final class OpenCursors {
  private final Map<String, OpenCursor> open = new HashMap<>();

  /** It is open, in place of one of its name. */
  void put(OpenCursor cursor) {
    open.put(cursor.name(), cursor);
  }

  /** The one of the name; null if none is known. */
  @Nullable OpenCursor get(String name) {
    return open.get(name);
  }

  void remove(String name) {
    open.remove(name);
  }

  /** The transaction has ended, and with it all but those WITH HOLD. */
  void transactionEnded() {
    open.values().removeIf(cursor -> !cursor.held());
  }
}
