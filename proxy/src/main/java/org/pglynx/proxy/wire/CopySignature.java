package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What COPY's binary format begins with (PostgreSQL documentation, COPY, "Binary Format"). */
public final class CopySignature {
  private static final byte[] BYTES = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  /** How long it is. */
  public static final int LENGTH = BYTES.length;

  private CopySignature() {}

  /** Writes it. */
  public static void write(ByteBuf out) {
    out.writeBytes(BYTES);
  }

  /** Whether it stands at the offset, where as many bytes are. */
  public static boolean at(ByteBuf buffer, int offset) {
    for (int i = 0; i < LENGTH; i++) {
      if (buffer.getByte(offset + i) != BYTES[i]) {
        return false;
      }
    }
    return true;
  }
}
