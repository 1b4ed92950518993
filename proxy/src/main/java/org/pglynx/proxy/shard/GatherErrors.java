package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.SqlState;

/** Errors of texts that the proxy has made of the client's. */
final class GatherErrors {
  private static final Pattern COPIED = Pattern.compile("(?m)^(COPY .*?, line \\d+)");

  private GatherErrors() {}

  /**
   * The error without places in a text that the client does not know. That a server does not take
   * such a text is none of the client's faults: it is not served.
   */
  static ByteBuf ofClient(ByteBuf buffer, int offset, int length) {
    String code = ErrorFields.field(buffer, offset, length, 'C');
    boolean unserved =
        code != null
            && code.startsWith("42")
            && !code.equals(SqlState.INSUFFICIENT_PRIVILEGE.code());
    return told(buffer, offset, length, unserved, -1);
  }

  /** The error as it is, without places in a text that the client does not know. */
  static ByteBuf withoutPlace(ByteBuf buffer, int offset, int length) {
    return told(buffer, offset, length, false, -1);
  }

  /** The error of a COPY: a server counts the lines that it has got, which are not the client's. */
  static ByteBuf ofCopy(ByteBuf buffer, int offset, int length, int shard) {
    return told(buffer, offset, length, false, shard);
  }

  private static ByteBuf told(ByteBuf buffer, int offset, int length, boolean unserved, int shard) {
    ByteBuf out = Unpooled.buffer(length + 128);
    int mark = FrameWriter.begin(out, BackendTag.ERROR);
    int end = offset + length;
    int at = offset + FrameScanner.HEADER;
    while (at < end && buffer.getByte(at) != 0) {
      int stop = buffer.indexOf(at + 1, end, (byte) 0);
      stop = stop < 0 ? end : stop;
      String value = buffer.toString(at + 1, stop - at - 1, StandardCharsets.UTF_8);
      byte kind = buffer.getByte(at);
      switch (kind) {
        case 'P', 'p', 'q' -> {
          // A place in another text.
        }
        case 'W' ->
            field(
                out,
                kind,
                shard < 0
                    ? value
                    : COPIED.matcher(value).replaceFirst("$1 of the rows of shard " + shard));
        case 'C' -> field(out, kind, unserved ? SqlState.FEATURE_NOT_SUPPORTED.code() : value);
        case 'M' -> field(out, kind, unserved ? "not served over several shards: " + value : value);
        default -> field(out, kind, value);
      }
      at = stop + 1;
    }
    out.writeByte(0);
    FrameWriter.finish(out, mark);
    return out;
  }

  private static void field(ByteBuf out, byte kind, String value) {
    out.writeByte(kind);
    FrameWriter.cstring(out, value);
  }
}
