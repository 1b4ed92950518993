package org.pglynx.proxy.wire;

import org.jspecify.annotations.Nullable;

/** What a server sends, in the protocol's own vocabulary. */
public final class BackendBytes {
  private BackendBytes() {}

  public static byte[] ready(char status) {
    return FrontendBytes.frame('Z', out -> out.writeByte(status));
  }

  public static byte[] complete(String tag) {
    return FrontendBytes.text('C', tag);
  }

  public static byte[] emptyQuery() {
    return FrontendBytes.empty('I');
  }

  public static byte[] parseComplete() {
    return FrontendBytes.empty('1');
  }

  public static byte[] bindComplete() {
    return FrontendBytes.empty('2');
  }

  public static byte[] closeComplete() {
    return FrontendBytes.empty('3');
  }

  public static byte[] noData() {
    return FrontendBytes.empty('n');
  }

  public static byte[] suspended() {
    return FrontendBytes.empty('s');
  }

  public static byte[] copyIn() {
    return FrontendBytes.frame('G', out -> out.writeByte(0).writeShort(0));
  }

  public static byte[] copyOut() {
    return FrontendBytes.frame('H', out -> out.writeByte(0).writeShort(0));
  }

  public static byte[] functionResult() {
    return FrontendBytes.frame('V', out -> out.writeInt(-1));
  }

  public static byte[] rowDescription(String... names) {
    return FrontendBytes.frame(
        'T',
        out -> {
          out.writeShort(names.length);
          for (String name : names) {
            FrameWriter.cstring(out, name);
            out.writeInt(0)
                .writeShort(0)
                .writeInt(Oid.TEXT)
                .writeShort(-1)
                .writeInt(-1)
                .writeShort(0);
          }
        });
  }

  public static byte[] parameterDescription(int... types) {
    return FrontendBytes.frame(
        't',
        out -> {
          out.writeShort(types.length);
          for (int type : types) {
            out.writeInt(type);
          }
        });
  }

  public static byte[] row(@Nullable String... values) {
    return FrontendBytes.frame(
        'D',
        out -> {
          out.writeShort(values.length);
          for (String value : values) {
            FrontendBytes.value(out, value);
          }
        });
  }

  public static byte[] parameter(String name, String value) {
    return FrontendBytes.frame(
        'S',
        out -> {
          FrameWriter.cstring(out, name);
          FrameWriter.cstring(out, value);
        });
  }

  public static byte[] error(String code, String message) {
    return fields('E', "ERROR", code, message);
  }

  public static byte[] fatal(String code, String message) {
    return fields('E', "FATAL", code, message);
  }

  public static byte[] notice(String message) {
    return fields('N', "NOTICE", "00000", message);
  }

  public static byte[] notification(int pid, String channel, String payload) {
    return FrontendBytes.frame(
        'A',
        out -> {
          out.writeInt(pid);
          FrameWriter.cstring(out, channel);
          FrameWriter.cstring(out, payload);
        });
  }

  private static byte[] fields(char tag, String severity, String code, String message) {
    return FrontendBytes.frame(
        tag,
        out -> {
          FrameWriter.cstring(out, "S" + severity);
          FrameWriter.cstring(out, "V" + severity);
          FrameWriter.cstring(out, "C" + code);
          FrameWriter.cstring(out, "M" + message);
          out.writeByte(0);
        });
  }
}
