package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;

/** Finds where a text of SQL begins: behind blanks, comments and empty statements. */
final class FirstWord {
  private FirstWord() {}

  /** The index of its first byte, or the end. */
  static int of(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end) {
      int b = text.getByte(at);
      int next = at + 1 < end ? text.getByte(at + 1) : 0;
      if (b == '-' && next == '-') {
        at = lineEnd(text, at, end);
      } else if (b == '/' && next == '*') {
        at = commentEnd(text, at, end);
      } else if (b == ';' || b > 0 && b <= ' ') {
        at++;
      } else {
        return at;
      }
    }
    return end;
  }

  private static int lineEnd(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end && text.getByte(at) != '\n' && text.getByte(at) != '\r') {
      at++;
    }
    return at;
  }

  /** Comments may stand in comments. */
  private static int commentEnd(ByteBuf text, int from, int end) {
    int depth = 1;
    int at = from + 2;
    while (at + 1 < end && depth > 0) {
      int pair = text.getByte(at) << 8 | text.getByte(at + 1) & 0xff;
      boolean begins = pair == ('/' << 8 | '*');
      boolean ends = pair == ('*' << 8 | '/');
      depth += begins ? 1 : ends ? -1 : 0;
      at += begins || ends ? 2 : 1;
    }
    return depth == 0 ? at : end;
  }
}
