package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Takes the data of a COPY FROM STDIN out of what a session sends, and sends each row to its shard,
 * as it comes: nothing is kept but the row in hand.
 *
 * <pre>
 *             a row cannot be placed, or a server has failed
 *   FEEDING ─────────────────────────────────────────────────► FAILED, data is dropped
 *      │ CopyDone, CopyFail                                       │ anything else
 *      └─────────────────────────► OVER ◄─────────────────────────┘
 * </pre>
 */
final class CopyFeed implements CopyFields {
  /** What the feed needs of the whole. */
  interface Outlet {
    /** How many shards there are. */
    int shards();

    /** Sends bytes to a shard; owns them. */
    void send(int shard, ByteBuf bytes);

    /** The COPY fails, with an error of the proxy's own. */
    void fail(PgError error);
  }

  private final Outlet outlet;
  private final CopyPlacement placement;
  private final CopyRows rows;
  private final @Nullable ByteBuf[] out;
  private final ByteBuf head = Unpooled.buffer(FrameScanner.HEADER);
  private ByteBuf other = Unpooled.EMPTY_BUFFER;
  private int rest;
  private byte tag;
  private boolean failed;
  private boolean over;

  /**
   * A feed.
   *
   * @param cutter makes what cuts the data into rows
   */
  CopyFeed(Outlet outlet, CopyPlacement placement, Function<CopyFields, CopyRows> cutter) {
    this.outlet = outlet;
    this.placement = placement;
    this.rows = cutter.apply(this);
    this.out = new ByteBuf[outlet.shards()];
  }

  /** The COPY has failed on a server: what comes of it is nobody's. */
  void failed() {
    failed = true;
  }

  /** Whether nothing more is its. */
  boolean over() {
    return over;
  }

  /**
   * Takes bytes of frames; owns them.
   *
   * @return what is behind the COPY's end, for all
   */
  @Nullable ByteBuf take(ByteBuf run) {
    try {
      walk(run);
      sendRows();
      return over ? behind(run) : null;
    } finally {
      run.release();
    }
  }

  private void walk(ByteBuf run) {
    while (run.isReadable() && !over && (rest > 0 || begins(run))) {
      if (rest > 0 && !over) {
        body(run);
      }
    }
  }

  /** Reads a frame's head; false if it has not come whole. */
  private boolean begins(ByteBuf run) {
    run.readBytes(head, Math.min(FrameScanner.HEADER - head.readableBytes(), run.readableBytes()));
    if (head.readableBytes() < FrameScanner.HEADER) {
      return false;
    }
    tag = head.getByte(0);
    rest = head.getInt(1) - Integer.BYTES;
    switch (tag) {
      case FrontendTag.COPY_DATA -> head.clear();
      case FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL, FrontendTag.FLUSH, FrontendTag.SYNC -> {
        other = Unpooled.buffer(64).writeBytes(head);
        head.clear();
      }
      default -> over = true;
    }
    if (rest == 0 && !over) {
      ends();
    }
    return true;
  }

  private void body(ByteBuf run) {
    ByteBuf piece = run.readSlice(Math.min(rest, run.readableBytes()));
    rest -= piece.readableBytes();
    if (tag != FrontendTag.COPY_DATA) {
      other.writeBytes(piece);
    } else if (!failed) {
      feed(piece);
    }
    if (rest == 0) {
      ends();
    }
  }

  private void feed(ByteBuf piece) {
    try {
      rows.feed(piece);
    } catch (PgErrorException e) {
      fail(e.error());
    }
  }

  private void fail(PgError error) {
    failed = true;
    sendRows();
    outlet.fail(error);
  }

  /** A frame has come whole. */
  private void ends() {
    switch (tag) {
      case FrontendTag.COPY_DATA -> {
        // Its rows are on their way.
      }
      case FrontendTag.COPY_DONE -> {
        over = true;
        lastRow();
        // Whoever has failed ignores it.
        passOther();
      }
      default -> {
        over = tag == FrontendTag.COPY_FAIL;
        passOther();
      }
    }
  }

  private void lastRow() {
    try {
      if (!failed) {
        rows.end();
      }
    } catch (PgErrorException e) {
      fail(e.error());
    }
  }

  private void passOther() {
    sendRows();
    toAll(other);
    other = Unpooled.EMPTY_BUFFER;
  }

  private void toAll(ByteBuf frame) {
    for (int shard = 0; shard < out.length; shard++) {
      outlet.send(shard, frame.copy());
    }
    frame.release();
  }

  /** The head of a frame that is none of the COPY's has been taken already. */
  private @Nullable ByteBuf behind(ByteBuf run) {
    if (!head.isReadable() && !run.isReadable()) {
      return null;
    }
    ByteBuf left = Unpooled.buffer(head.readableBytes() + run.readableBytes());
    return left.writeBytes(head).writeBytes(run);
  }

  // ---- rows ----------------------------------------------------------------------------------

  @Override
  public void common(ByteBuf bytes) {
    for (int shard = 0; shard < out.length; shard++) {
      of(shard).writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }
  }

  @Override
  public void row(byte[] @Nullable [] key, long line, ByteBuf bytes) throws PgErrorException {
    of(placement.shard(key, line)).writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
  }

  /** The data frame that is being filled for the shard. */
  private ByteBuf of(int shard) {
    ByteBuf open = out[shard];
    if (open == null) {
      open = Unpooled.buffer(8192);
      open.writeByte(FrontendTag.COPY_DATA).writeInt(0);
      out[shard] = open;
    }
    return open;
  }

  private void sendRows() {
    for (int shard = 0; shard < out.length; shard++) {
      ByteBuf open = out[shard];
      if (open != null) {
        out[shard] = null;
        open.setInt(1, open.readableBytes() - 1);
        outlet.send(shard, open);
      }
    }
  }
}
