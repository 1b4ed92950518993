package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Formats;
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

    private Rewritten(RowRewrite rewrite, Arguments arguments) {
      this.rewrite = rewrite;
      this.arguments = arguments;
    }

    /**
     * A portal of the statement; where all columns are wanted in text, it is rewritten for that.
     */
    static Rewritten of(RowRewrite rewrite, Arguments arguments) {
      RowRewrite ofText = rewrite.ofText();
      int shown = ofText.serverFormats().length - rewrite.hiddenColumns();
      return shown > 0 && allText(arguments.resultFormats(), shown)
          ? new Rewritten(ofText, arguments)
          : new Rewritten(rewrite, arguments);
    }

    /** A wrong number of formats is the server's to refuse. */
    private static boolean allText(short[] formats, int columns) {
      for (short format : formats) {
        if (format != Formats.TEXT) {
          return false;
        }
      }
      return formats.length <= 1 || formats.length == columns;
    }

    /**
     * The formats that the server is asked for; none if they are the client's own: where it wants
     * one for each column, hidden ones behind them are asked for in binary.
     */
    short[] serverFormats() {
      short[] wanted = arguments.resultFormats();
      if (rewrite.serverFormats().length > 0 || wanted.length < 2) {
        return rewrite.serverFormats();
      }
      int hidden = rewrite.hiddenColumns();
      if (hidden == 0) {
        return Formats.ALL_TEXT;
      }
      short[] formats = Arrays.copyOf(wanted, wanted.length + hidden);
      Arrays.fill(formats, wanted.length, formats.length, Formats.BINARY);
      return formats;
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
    private static final String SELECT = "SELECT ";

    private final LocalStatement statement;
    private final Arguments arguments;
    private @Nullable ByteBuf rows;
    private @Nullable String tag;
    private int last;

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

    /** It has been run to its end, all of whose rows are sent: it is not run once more. */
    void ran(String commandTag) {
      tag = commandTag;
      last = 0;
    }

    /** Keeps the whole result; owns the rows. */
    void keep(ByteBuf result, String commandTag) {
      close();
      rows = result;
      tag = commandTag;
    }

    boolean hasRun() {
      return tag != null;
    }

    boolean suspended() {
      return rows != null;
    }

    /** What has been done, with the number of the rows that were sent last. */
    String tag() {
      String whole = tag == null ? "" : tag;
      return whole.startsWith(SELECT) ? SELECT + last : whole;
    }

    /**
     * The next rows, at most so many. The portal is suspended until there are fewer than asked for:
     * as the server does not look whether there is one more (pquery.c).
     */
    ByteBuf next(int limit) {
      ByteBuf kept = rows;
      if (kept == null) {
        throw new IllegalStateException("not suspended");
      }
      int at = kept.readerIndex();
      last = 0;
      while (last < limit && at < kept.writerIndex()) {
        at += FrameScanner.HEADER - 4 + kept.getInt(at + 1);
        last++;
      }
      ByteBuf some = kept.readRetainedSlice(at - kept.readerIndex());
      if (last < limit) {
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
