package org.pglynx.proxy.app.rehearsal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages of both ends as bytes. */
final class WireBytes {
  private WireBytes() {}

  /** A message: tag, length, the parts of its body. */
  static byte[] message(char tag, byte[]... body) {
    byte[] bytes = join(body);
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) tag)
        .putInt(4 + bytes.length)
        .put(bytes)
        .array();
  }

  /** A packet without a tag, which is how a connection begins. */
  static byte[] packet(byte[]... body) {
    byte[] bytes = join(body);
    return ByteBuffer.allocate(4 + bytes.length).putInt(4 + bytes.length).put(bytes).array();
  }

  static byte[] text(String value) {
    return (value + '\0').getBytes(StandardCharsets.UTF_8);
  }

  static byte[] int16(int value) {
    return ByteBuffer.allocate(2).putShort((short) value).array();
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
