package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;

/** Names of statements and portals in a client's messages, read as Postgres reads them. */
final class NameField {
  /** No name is longer, wherever it stands. */
  static final int LONGEST = 1024;

  private NameField() {}

  /** The length of the name from an index on, which a zero ends before the other. */
  static int length(ByteBuf buffer, int from, int end) {
    int zero = from > end ? -1 : buffer.indexOf(from, end, (byte) 0);
    if (zero >= 0) {
      return zero - from;
    }
    if (from > end) {
      throw new MalformedMessageException("no data left in message");
    }
    throw new MalformedMessageException(
        end - from < LONGEST / 2
            ? "invalid string in message"
            : "invalid string in message: a name is longer than " + LONGEST + " bytes");
  }

  /** Nothing may stand behind what has been read. */
  static void requireEnd(int at, int end) {
    if (at != end) {
      throw new MalformedMessageException(FrontendFrames.INVALID_FORMAT);
    }
  }
}
