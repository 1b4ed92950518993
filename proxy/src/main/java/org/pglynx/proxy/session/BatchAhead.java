package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.FLUSH;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;
import static org.pglynx.proxy.wire.FrontendTag.TERMINATE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.FrameScanner;

/** Walks the frames of a batch behind the one in hand, without taking them. */
final class BatchAhead {
  /** Nobody looks further: the rest of the frame would have to come first. */
  private static final int MAX_FRAME = 16 << 20;

  /** What the next frame is. */
  enum Frame {
    /** A Parse. */
    PARSE,
    /** A Bind. */
    BIND,
    /** Another one of the batch. */
    OTHER,
    /** The batch ends here, or waits for answers. */
    END,
    /** It has not come whole. */
    INCOMPLETE
  }

  private final ByteBuf buffer;
  private final List<Integer> parses = new ArrayList<>();
  private int at;
  private int length;

  /** Those behind the frame at the offset, which is whole. */
  BatchAhead(ByteBuf buffer, int offset) {
    this.buffer = buffer;
    this.at = offset;
    this.length = 1 + buffer.getInt(offset + 1);
    note();
  }

  /** Goes on to the next frame. */
  Frame next() {
    at += length;
    int here = buffer.writerIndex() - at;
    if (here < FrameScanner.HEADER) {
      return Frame.INCOMPLETE;
    }
    byte tag = buffer.getByte(at);
    length = 1 + buffer.getInt(at + 1);
    if (tag == SYNC || tag == FLUSH || tag == QUERY || tag == TERMINATE) {
      return Frame.END;
    }
    if (length < FrameScanner.HEADER || length > MAX_FRAME) {
      return Frame.END;
    }
    if (here < length) {
      return Frame.INCOMPLETE;
    }
    note();
    return switch (tag) {
      case PARSE -> Frame.PARSE;
      case BIND -> Frame.BIND;
      default -> Frame.OTHER;
    };
  }

  /** Whether something of the batch is bound behind the frame in hand, or may be. */
  boolean binds() {
    while (true) {
      switch (next()) {
        case INCOMPLETE, PARSE, BIND -> {
          return true;
        }
        case END -> {
          return false;
        }
        case OTHER -> {
          // Binds nothing.
        }
      }
    }
  }

  /** Whether the batch is known to end with the statement in hand. */
  boolean endsWithIt() {
    boolean bound = buffer.getByte(at) == BIND;
    while (true) {
      switch (next()) {
        case INCOMPLETE, PARSE -> {
          return false;
        }
        case BIND -> {
          if (bound) {
            return false;
          }
          bound = true;
        }
        case END -> {
          return true;
        }
        case OTHER -> {
          // Is about the statement.
        }
      }
    }
  }

  private void note() {
    if (buffer.getByte(at) == PARSE) {
      parses.add(at);
    }
  }

  /** Where the frame begins. */
  int at() {
    return at;
  }

  /** Its bytes. */
  int length() {
    return length;
  }

  /** Where the Parse of the batch is that the Bind in hand uses; negative if there is none. */
  int parse() {
    int name = at + FrameScanner.HEADER;
    name += NameField.length(buffer, name, at + length) + 1;
    int size = NameField.length(buffer, name, at + length) + 1;
    for (int i = parses.size() - 1; i >= 0; i--) {
      int parsed = parses.get(i) + FrameScanner.HEADER;
      if (parsed + size <= buffer.writerIndex()
          && ByteBufUtil.equals(buffer, parsed, buffer, name, size)) {
        return parses.get(i);
      }
    }
    return -1;
  }
}
