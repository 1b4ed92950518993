package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The untagged packets that open a connection (PostgreSQL manual, "Start-up"). */
public sealed interface StartupPacket {
  /** A longer packet is no startup packet (MAX_STARTUP_PACKET_LENGTH). */
  int MAX_LENGTH = 10_000;

  /** The newest protocol that is served is 3.2. */
  int LATEST_MINOR = 2;

  /** Asks for TLS. */
  record SslRequest() implements StartupPacket {}

  /** Asks for GSSAPI encryption. */
  record GssRequest() implements StartupPacket {}

  /**
   * Asks to cancel a session's statement.
   *
   * @param pid as in BackendKeyData
   * @param key the secret of BackendKeyData
   */
  record Cancel(int pid, byte[] key) implements StartupPacket {}

  /**
   * Opens a session.
   *
   * @param major protocol version
   * @param minor protocol version
   * @param parameters what the client asks for, in its order
   * @param protocolOptions names that start with {@code _pq_.}
   */
  record Startup(int major, int minor, Map<String, String> parameters, List<String> protocolOptions)
      implements StartupPacket {
    /** The minor version that is spoken with this client. */
    public int spokenMinor() {
      return Math.min(minor, LATEST_MINOR);
    }
  }

  /**
   * Reads a packet.
   *
   * @param in the whole packet, its length field first
   * @throws ProtocolException if it is malformed
   */
  static StartupPacket read(ByteBuf in) {
    int length = in.getInt(in.readerIndex());
    if (length < 8) {
      throw new ProtocolException("invalid length of startup packet");
    }
    int code = in.getInt(in.readerIndex() + 4);
    ByteBuf body = in.slice(in.readerIndex() + 8, length - 8);
    return switch (code) {
      case 80877103 -> new SslRequest();
      case 80877104 -> new GssRequest();
      case 80877102 -> cancel(body);
      default -> startup(code >>> 16, code & 0xffff, body);
    };
  }

  private static Cancel cancel(ByteBuf body) {
    // Protocol 3.2 allows keys of 4 to 256 bytes.
    int key = body.readableBytes() - 4;
    if (key < 4 || key > 256) {
      throw new ProtocolException("invalid length of cancel request");
    }
    int pid = body.readInt();
    byte[] bytes = new byte[key];
    body.readBytes(bytes);
    return new Cancel(pid, bytes);
  }

  private static Startup startup(int major, int minor, ByteBuf body) {
    Map<String, String> parameters = new LinkedHashMap<>();
    List<String> options = new ArrayList<>();
    if (major != 3) {
      return new Startup(major, minor, parameters, options);
    }
    String name = cstring(body);
    while (!name.isEmpty()) {
      boolean exact = name.equals("user") || name.equals("database");
      String value = exact ? exact(body) : cstring(body);
      if (name.startsWith("_pq_.")) {
        options.add(name);
      } else {
        parameters.put(name, value);
      }
      name = cstring(body);
    }
    if (body.isReadable()) {
      throw new ProtocolException(
          "invalid startup packet layout: expected terminator as last byte");
    }
    return new Startup(major, minor, parameters, options);
  }

  /** Whoever logs in is not to be taken for somebody else. */
  private static String exact(ByteBuf body) {
    int start = body.readerIndex();
    cstring(body);
    return WireText.decode(body, start, body.readerIndex() - start - 1);
  }

  private static String cstring(ByteBuf body) {
    int end = body.indexOf(body.readerIndex(), body.writerIndex(), (byte) 0);
    if (end < 0) {
      throw new ProtocolException(
          "invalid startup packet layout: expected terminator as last byte");
    }
    String text =
        body.toString(body.readerIndex(), end - body.readerIndex(), StandardCharsets.UTF_8);
    body.readerIndex(end + 1);
    return text;
  }
}
