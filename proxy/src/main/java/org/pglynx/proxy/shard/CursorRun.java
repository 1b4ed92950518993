package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Merging;

/**
 * One FETCH, MOVE or CLOSE of a cursor on several shards.
 *
 * @param move what it does
 * @param sql its text
 * @param formats result format codes as in Bind
 */
record CursorRun(CursorMove move, String sql, short[] formats) implements Merging {
  @Override
  public boolean returnsRows() {
    return move.fetches();
  }
}
