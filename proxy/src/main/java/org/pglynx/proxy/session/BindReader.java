package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.FrameScanner;

/** Reads a whole Bind frame; every count and length is checked against the frame's end first. */
final class BindReader {
  private final ByteBuf buffer;
  private final int end;
  private final int portal;
  private final int portalLength;
  private final Arguments arguments;
  private int at;

  BindReader(ByteBuf buffer, int offset, int length) {
    this.buffer = buffer;
    this.end = offset + length;
    this.at = offset + FrameScanner.HEADER;
    this.portal = at;
    this.portalLength = name();
    name();
    short[] formats = formats();
    byte[] @Nullable [] values = values();
    short[] resultFormats = formats();
    if (at != end || formats.length > 1 && formats.length != values.length) {
      throw malformed();
    }
    this.arguments = new Arguments(values, formats, resultFormats);
  }

  int portal() {
    return portal;
  }

  int portalLength() {
    return portalLength;
  }

  Arguments arguments() {
    return arguments;
  }

  private int name() {
    int zero = buffer.indexOf(at, end, (byte) 0);
    if (zero < 0) {
      throw malformed();
    }
    int length = zero - at;
    at = zero + 1;
    return length;
  }

  private short[] formats() {
    int count = count(2);
    short[] formats = new short[count];
    for (int i = 0; i < count; i++) {
      formats[i] = buffer.getShort(at);
      at += 2;
    }
    return formats;
  }

  private int count(int bytesEach) {
    if (end - at < 2) {
      throw malformed();
    }
    int count = buffer.getUnsignedShort(at);
    at += 2;
    if (end - at < count * bytesEach) {
      throw malformed();
    }
    return count;
  }

  private byte[] @Nullable [] values() {
    int count = count(4);
    byte[] @Nullable [] values = new byte[count][];
    for (int i = 0; i < count; i++) {
      values[i] = value();
    }
    return values;
  }

  private byte @Nullable [] value() {
    if (end - at < 4) {
      throw malformed();
    }
    int length = buffer.getInt(at);
    at += 4;
    if (length == -1) {
      return null;
    }
    if (length < 0 || end - at < length) {
      throw malformed();
    }
    byte[] value = new byte[length];
    buffer.getBytes(at, value);
    at += length;
    return value;
  }

  private static MalformedMessageException malformed() {
    return new MalformedMessageException(
        "invalid message format: Bind with wrong counts or lengths");
  }
}
