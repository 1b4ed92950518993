package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;

/**
 * Whether a session has left traces on its connection that the next one must not see, judged from
 * command tags: SET of a parameter that the server does not report, PREPARE, LISTEN, DECLARE, LOAD.
 * A SET of a reported parameter leaves none: its value is tracked and re-applied. Servers up to 13
 * report ahead of CommandComplete, later ones ahead of ReadyForQuery, so the two are counted
 * against each other there.
 */
final class Dirt {
  private boolean dirty;
  private int sets;
  private int reports;

  boolean any() {
    return dirty;
  }

  void clear() {
    dirty = false;
    sets = 0;
    reports = 0;
  }

  /** The server has reported a parameter that is re-applied for each client. */
  void parameterReported() {
    reports++;
  }

  /** ReadyForQuery: each SET that brought no report has left a trace. */
  void ready() {
    dirty |= sets > reports;
    sets = 0;
    reports = 0;
  }

  /** A CommandComplete whose tag starts at the offset. */
  void completed(ByteBuf buffer, int offset, StatementCache statements) {
    // Almost every statement ends here: one comparison for SELECT, INSERT, UPDATE, BEGIN, COMMIT.
    switch (buffer.getByte(offset)) {
      case 'S' -> {
        if (starts(buffer, offset, "SET")) {
          sets++;
        }
      }
      case 'P' -> dirty |= starts(buffer, offset, "PREPARE");
      case 'L' -> dirty |= starts(buffer, offset, "LISTEN") || starts(buffer, offset, "LOAD");
      case 'D' -> onD(buffer, offset, statements);
      default -> {
        // Leaves nothing behind.
      }
    }
  }

  private void onD(ByteBuf buffer, int offset, StatementCache statements) {
    if (starts(buffer, offset, "DECLARE")) {
      dirty = true;
    } else if (starts(buffer, offset, "DEALLOCATE ALL") || starts(buffer, offset, "DISCARD ALL")) {
      // The client's own cleaning has taken our statements with it.
      statements.clear();
      dirty = true;
    }
  }

  private static boolean starts(ByteBuf buffer, int offset, String tag) {
    for (int i = 0; i < tag.length(); i++) {
      if (buffer.getByte(offset + i) != tag.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
