package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/**
 * Cuts the stream of {@code COPY … TO STDOUT (FORMAT binary)} into blocks of whole rows, however it
 * comes in pieces (PostgreSQL documentation, COPY, "Binary Format").
 */
public final class BinaryRows {
  private static final int HEADER = CopySignature.LENGTH + 2 * Integer.BYTES;

  /** Rows of a block: those of a small table come from several servers in turn, too. */
  private static final int ROWS = 256;

  private static final int MAX_BYTES = 1 << 20;

  private final Consumer<byte[]> blocks;
  private final ByteBuf held = Unpooled.buffer();
  private boolean begun;
  private boolean ended;
  private int rows;

  /** How far what is held is whole rows. */
  private int whole;

  /**
   * Nothing read yet.
   *
   * @param blocks gets whole rows, without header and trailer
   */
  public BinaryRows(Consumer<byte[]> blocks) {
    this.blocks = blocks;
  }

  /** What stands before the rows. */
  public static ByteBuf header() {
    ByteBuf header = Unpooled.buffer(HEADER);
    CopySignature.write(header);
    return header.writeLong(0);
  }

  /** What stands behind them. */
  public static ByteBuf trailer() {
    return Unpooled.buffer(Short.BYTES).writeShort(-1);
  }

  /**
   * Takes a piece.
   *
   * @throws ProtocolException if it is not of this format
   */
  public void accept(ByteBuf piece) {
    held.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    if (!begun && !begin()) {
      return;
    }
    for (int end = endOfRow(whole); end >= 0; end = endOfRow(whole)) {
      whole = end;
      rows++;
      if (rows == ROWS || whole >= MAX_BYTES) {
        give();
      }
    }
  }

  /** The stream has ended: gives what is left. */
  public void end() {
    if (!ended) {
      throw new ProtocolException("the binary rows of COPY end without their trailer");
    }
    if (whole > 0) {
      give();
    }
  }

  private boolean begin() {
    if (held.readableBytes() < HEADER) {
      return false;
    }
    if (!CopySignature.at(held, held.readerIndex())) {
      throw new ProtocolException("COPY has not sent the binary format");
    }
    held.skipBytes(HEADER);
    held.discardReadBytes();
    begun = true;
    return true;
  }

  /** Where the row ends that begins there; negative if there is none, or not all of it yet. */
  private int endOfRow(int from) {
    int end = held.writerIndex();
    if (ended || end - from < Short.BYTES) {
      return -1;
    }
    int columns = held.getShort(from);
    if (columns < 0) {
      ended = true;
      return -1;
    }
    int at = from + Short.BYTES;
    for (int i = 0; i < columns; i++) {
      if (end - at < Integer.BYTES) {
        return -1;
      }
      int length = held.getInt(at);
      at += Integer.BYTES;
      if (length > end - at) {
        return -1;
      }
      at += Math.max(0, length);
    }
    return at;
  }

  private void give() {
    byte[] block = new byte[whole];
    held.readBytes(block);
    held.discardReadBytes();
    whole = 0;
    rows = 0;
    blocks.accept(block);
  }
}
