package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.Oid;

/** Compares what servers say of a statement. */
final class Descriptions {
  /** Table, and column in it: each server has numbers of its own. */
  private static final int ORIGIN = Integer.BYTES + Short.BYTES;

  /** Type, its length, its modifier and the format. */
  private static final int TYPE = Integer.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES;

  private Descriptions() {}

  /**
   * Whether both frames say the same, but for numbers of tables and of the databases' own types.
   */
  static boolean same(ByteBuf one, ByteBuf other) {
    if (one.getByte(0) != other.getByte(0)) {
      return false;
    }
    return switch (one.getByte(0)) {
      case BackendTag.ROW_DESCRIPTION -> sameColumns(one, other);
      case BackendTag.PARAMETER_DESCRIPTION -> sameParameters(one, other);
      default -> ByteBufUtil.equals(one, other);
    };
  }

  private static boolean sameParameters(ByteBuf one, ByteBuf other) {
    int length = one.readableBytes();
    int at = FrameScanner.HEADER + Short.BYTES;
    if (length != other.readableBytes() || !ByteBufUtil.equals(one, 0, other, 0, at)) {
      return false;
    }
    while (at < length && sameType(one, other, at)) {
      at += Integer.BYTES;
    }
    return at == length;
  }

  private static boolean sameType(ByteBuf one, ByteBuf other, int at) {
    int first = one.getInt(at);
    int second = other.getInt(at);
    return first == second || Oid.ofSchema(first) && Oid.ofSchema(second);
  }

  /** Names of the columns of a RowDescription, which is in UTF-8. */
  static List<String> names(ByteBuf description) {
    List<String> names = new ArrayList<>();
    int at = FrameScanner.HEADER + Short.BYTES;
    while (at < description.writerIndex()) {
      int end = description.indexOf(at, description.writerIndex(), (byte) 0);
      names.add(description.toString(at, end - at, StandardCharsets.UTF_8));
      at = end + 1 + ORIGIN + TYPE;
    }
    return names;
  }

  private static boolean sameColumns(ByteBuf one, ByteBuf other) {
    int length = one.readableBytes();
    if (length != other.readableBytes()) {
      return false;
    }
    int at = FrameScanner.HEADER + Short.BYTES;
    int from = 0;
    while (at < length) {
      int name = one.indexOf(at, length, (byte) 0);
      if (name < 0 || !ByteBufUtil.equals(one, from, other, from, name + 1 - from)) {
        return false;
      }
      int type = name + 1 + ORIGIN;
      if (!sameType(one, other, type)) {
        return false;
      }
      from = type + Integer.BYTES;
      at = type + TYPE;
    }
    return ByteBufUtil.equals(one, from, other, from, length - from);
  }
}
