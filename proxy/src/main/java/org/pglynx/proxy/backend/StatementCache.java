package org.pglynx.proxy.backend;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;

/** The prepared statements that one server connection knows, least recently used first. */
final class StatementCache {
  private final int limit;
  private final LinkedHashMap<ServerStatement, Boolean> known =
      new LinkedHashMap<>(16, 0.75f, true);

  StatementCache(int limit) {
    this.limit = limit;
  }

  /** Whether the statement is known; it becomes the most recently used. */
  boolean uses(ServerStatement statement) {
    return known.get(statement) != null;
  }

  /** Adds the statement; returns the one that must be closed to make room, or null. */
  @Nullable ServerStatement add(ServerStatement statement) {
    known.put(statement, Boolean.TRUE);
    if (known.size() <= limit) {
      return null;
    }
    Iterator<ServerStatement> oldest = known.keySet().iterator();
    ServerStatement evicted = oldest.next();
    oldest.remove();
    return evicted;
  }

  /** Adds a statement that could not be closed; it is the next one to be closed. */
  void restore(ServerStatement statement) {
    known.putFirst(statement, Boolean.TRUE);
  }

  void remove(ServerStatement statement) {
    known.remove(statement);
  }

  void clear() {
    known.clear();
  }

  int size() {
    return known.size();
  }
}
