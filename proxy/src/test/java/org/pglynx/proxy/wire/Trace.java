package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames as one readable line each, so that a test can list what it expects. */
public final class Trace {
  /** What a frame of a client says that breaks off. */
  public static final String MALFORMED = "malformed";

  private Trace() {}

  /** The frames that a server has sent; throws if the bytes do not end with a frame. */
  public static List<String> ofServer(ByteBuf bytes) {
    return lines(bytes, true);
  }

  /** The frames that a client has sent; throws if the bytes do not end with a frame. */
  public static List<String> ofClient(ByteBuf bytes) {
    return lines(bytes, false);
  }

  private static List<String> lines(ByteBuf bytes, boolean server) {
    List<String> lines = new ArrayList<>();
    while (bytes.isReadable()) {
      char tag = (char) bytes.readByte();
      ByteBuf body = bytes.readSlice(bytes.readInt() - 4);
      lines.add((tag + " " + (server ? server(tag, body) : sent(tag, body))).strip());
    }
    return lines;
  }

  private static String server(char tag, ByteBuf body) {
    return switch (tag) {
      case 'Z' -> String.valueOf((char) body.readByte());
      case 'C' -> text(body);
      case 'S' -> text(body) + "=" + text(body);
      case 'E', 'N' -> problem(body);
      case 'D' -> row(body);
      case 'T' -> names(body);
      case 'd' -> body.toString(StandardCharsets.UTF_8);
      default -> "";
    };
  }

  /** A client may send what is malformed. */
  private static String sent(char tag, ByteBuf body) {
    try {
      return client(tag, body);
    } catch (IndexOutOfBoundsException e) {
      return MALFORMED;
    }
  }

  private static String client(char tag, ByteBuf body) {
    return switch (tag) {
      case 'Q', 'f' -> text(body);
      case 'P' -> text(body) + ":" + text(body);
      case 'B' -> text(body) + "/" + text(body);
      case 'D', 'C' -> (char) body.readByte() + " " + text(body);
      case 'E' -> text(body) + " " + body.readInt();
      case 'd' -> body.toString(StandardCharsets.UTF_8);
      default -> "";
    };
  }

  private static String problem(ByteBuf body) {
    StringBuilder line = new StringBuilder();
    for (byte field = body.readByte(); field != 0; field = body.readByte()) {
      String value = text(body);
      if (field == 'V' && value.equals("FATAL")) {
        line.append(value).append(' ');
      } else if (field == 'C') {
        line.append(value);
      }
    }
    return line.toString();
  }

  private static String row(ByteBuf body) {
    List<String> values = new ArrayList<>();
    int count = body.readShort();
    for (int i = 0; i < count; i++) {
      int length = body.readInt();
      values.add(
          length < 0 ? "NULL" : body.readCharSequence(length, StandardCharsets.UTF_8).toString());
    }
    return String.join("|", values);
  }

  private static String names(ByteBuf body) {
    List<String> names = new ArrayList<>();
    int count = body.readShort();
    for (int i = 0; i < count; i++) {
      names.add(text(body));
      body.skipBytes(18);
    }
    return String.join("|", names);
  }

  static String text(ByteBuf body) {
    int length = body.bytesBefore((byte) 0);
    String text = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
    body.skipBytes(1);
    return text;
  }
}
