package org.pglynx.proxy.backend;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;

/**
 * The prepared statements that one server connection knows, least recently used first; and whether
 * it has described them as other connections did.
 */
final class StatementCache {
  private final int limit;
  private final LinkedHashMap<ServerStatement, Boolean> known =
      new LinkedHashMap<>(16, 0.75f, true);

  /** The most recently used one, which most often comes again; null if that is not known. */
  private @Nullable ServerStatement last;

  StatementCache(int limit) {
    this.limit = limit;
  }

  /** Whether the statement is known; it becomes the most recently used. */
  boolean uses(ServerStatement statement) {
    if (statement == last) {
      return true;
    }
    boolean found = known.get(statement) != null;
    if (found) {
      last = statement;
    }
    return found;
  }

  /** Whether the statement is known and verified; it becomes the most recently used. */
  boolean verified(ServerStatement statement) {
    return Boolean.TRUE.equals(known.get(statement));
  }

  /** The server has described the statement as others do. */
  void verify(ServerStatement statement) {
    known.computeIfPresent(statement, (key, value) -> Boolean.TRUE);
  }

  /** Adds the statement; returns the one that must be closed to make room, or null. */
  @Nullable ServerStatement add(ServerStatement statement) {
    last = null;
    known.put(statement, Boolean.FALSE);
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
    last = null;
    known.putFirst(statement, Boolean.FALSE);
  }

  void remove(ServerStatement statement) {
    last = null;
    known.remove(statement);
  }

  void clear() {
    last = null;
    known.clear();
  }

  int size() {
    return known.size();
  }
}
