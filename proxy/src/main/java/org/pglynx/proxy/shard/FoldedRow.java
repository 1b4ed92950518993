package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.NumericBinary;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Makes one row of aggregates of one row of each shard, exactly as one server would. */
final class FoldedRow implements RowMerger {
  private final MergePlan.Fold plan;
  private final int[] types;
  private final short[] formats;
  private final int shards;
  private final byte[] @Nullable [] values;
  private int ended;
  private boolean any;

  FoldedRow(MergePlan.Fold plan, int[] types, short[] formats, int shards) {
    this.plan = plan;
    this.types = types;
    this.formats = formats;
    this.shards = shards;
    this.values = new byte[plan.columns().size()][];
  }

  @Override
  public boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out)
      throws PgErrorException {
    any = true;
    byte[] @Nullable [] cells = Cells.of(buffer, offset);
    for (int i = 0; i < values.length; i++) {
      byte[] cell = cells[i];
      byte[] before = values[i];
      if (cell != null) {
        values[i] = before == null ? cell : fold(i, before, cell);
      }
    }
    return true;
  }

  private byte[] fold(int column, byte[] one, byte[] other) throws PgErrorException {
    CellType type = CellType.at(types, formats, column);
    if (type == null) {
      throw RowOrder.undescribed();
    }
    return switch (plan.columns().get(column)) {
      case COUNT, SUM -> sum(type, one, other);
      case MIN -> CellType.compare(type.value(one), type.value(other)) <= 0 ? one : other;
      case MAX -> CellType.compare(type.value(one), type.value(other)) >= 0 ? one : other;
      case BOOL_AND -> isTrue(type, one) ? other : one;
      case BOOL_OR -> isTrue(type, one) ? one : other;
    };
  }

  private static boolean isTrue(CellType type, byte[] cell) throws PgErrorException {
    return type.value(cell).equals(true);
  }

  /** Sums of floating numbers depend on the order of their rows, which nobody knows. */
  private static byte[] sum(CellType type, byte[] one, byte[] other) throws PgErrorException {
    Comparable<?> left = type.value(one);
    Comparable<?> right = type.value(other);
    if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
      BigDecimal sum = a.add(b);
      return type.binary()
          ? NumericBinary.encode(sum)
          : sum.toPlainString().getBytes(StandardCharsets.US_ASCII);
    }
    if (type.oid() == Oid.INT8 && left instanceof Long a && right instanceof Long b) {
      return whole(type, a, b);
    }
    throw PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "sums of the type with oid %d are not exact over several shards".formatted(type.oid()))
        .toException();
  }

  private static byte[] whole(CellType type, long one, long other) throws PgErrorException {
    try {
      long sum = Math.addExact(one, other);
      return type.binary()
          ? ByteBuffer.allocate(Long.BYTES).putLong(sum).array()
          : Long.toString(sum).getBytes(StandardCharsets.US_ASCII);
    } catch (ArithmeticException e) {
      throw PgError.error(SqlState.OUT_OF_RANGE, "bigint out of range").toException();
    }
  }

  @Override
  public void ended(int shard, ByteBuf out) {
    ended++;
    if (ended < shards || !any) {
      // Not all are there; or it has been fetched before.
      return;
    }
    int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
    out.writeShort(values.length);
    for (byte[] value : values) {
      out.writeInt(value == null ? -1 : value.length);
      if (value != null) {
        out.writeBytes(value);
      }
    }
    FrameWriter.finish(out, mark);
  }

  @Override
  public long rows() {
    return any ? 1 : 0;
  }
}
