package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.FrameScanner;

/** What a portal name of the client stands for, if it is not simply the server's. */
sealed interface LocalPortal {
  /** Gives up what it holds. */
  void close();

  /** A bound statement of the server whose rows are transformed. */
  final class Rewritten implements LocalPortal {
    private final RowRewrite rewrite;
    private final Arguments arguments;
    private RowRewrite.@Nullable RowTransform transform;

    Rewritten(RowRewrite rewrite, Arguments arguments) {
      this.rewrite = rewrite;
      this.arguments = arguments;
    }

    RowRewrite rewrite() {
      return rewrite;
    }

    Arguments arguments() {
      return arguments;
    }

    /** Transforms all its rows, also if they are fetched in pieces; null before the first. */
    RowRewrite.@Nullable RowTransform transform() {
      return transform;
    }

    /** The rows are about to come. */
    void opens(RowRewrite.RowTransform by) {
      transform = by;
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  /** A bound statement that the proxy answers, with the rows that a row limit has left over. */
  final class Answered implements LocalPortal {
    private final LocalStatement statement;
    private final Arguments arguments;
    private @Nullable ByteBuf rows;
    private String tag = "";

    Answered(LocalStatement statement, Arguments arguments) {
      this.statement = statement;
      this.arguments = arguments;
    }

    LocalStatement statement() {
      return statement;
    }

    Arguments arguments() {
      return arguments;
    }

    /** Keeps the whole result; owns the rows. */
    void keep(ByteBuf result, String commandTag) {
      close();
      rows = result;
      tag = commandTag;
    }

    boolean suspended() {
      return rows != null;
    }

    String tag() {
      return tag;
    }

    /** The next rows, at most so many; the portal is no longer suspended after the last. */
    ByteBuf next(int limit) {
      ByteBuf kept = rows;
      if (kept == null) {
        throw new IllegalStateException("not suspended");
      }
      int at = kept.readerIndex();
      for (int i = 0; i < limit && at < kept.writerIndex(); i++) {
        at += FrameScanner.HEADER - 4 + kept.getInt(at + 1);
      }
      ByteBuf some = kept.readRetainedSlice(at - kept.readerIndex());
      if (!kept.isReadable()) {
        close();
      }
      return some;
    }

    @Override
    public void close() {
      ByteBuf kept = rows;
      if (kept != null) {
        rows = null;
        kept.release();
      }
    }
  }
}
