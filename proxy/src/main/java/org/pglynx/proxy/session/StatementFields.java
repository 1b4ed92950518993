package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * What whole frames say of a statement, read where it stands: names, text, parameter types; also of
 * a definition, which is the body of Parse behind the name.
 */
final class StatementFields {
  /** A statement that leaves the types of its parameters open, or has none. */
  static final int[] NO_TYPES = {};

  private StatementFields() {}

  /** Where the text of a Query or Parse begins. */
  static int textStart(byte tag, ByteBuf buffer, int offset, int length) {
    int start = offset + FrameScanner.HEADER;
    return tag == QUERY ? start : start + NameField.length(buffer, start, offset + length) + 1;
  }

  /** As {@link #textStart}, but negative if the name in front of it does not end. */
  static int textStartIfAny(byte tag, ByteBuf buffer, int offset, int length) {
    int start = offset + FrameScanner.HEADER;
    if (tag == QUERY) {
      return start;
    }
    int zero = buffer.indexOf(start, offset + length, (byte) 0);
    return zero < 0 ? -1 : zero + 1;
  }

  /** The text of a Query or Parse; empty if it does not end. */
  static String text(byte tag, ByteBuf buffer, int offset, int length) {
    int text = textStart(tag, buffer, offset, length);
    int end = buffer.indexOf(text, offset + length, (byte) 0);
    return end < 0 ? "" : buffer.toString(text, end - text, StandardCharsets.UTF_8);
  }

  /** The parameter types that a Parse declares. */
  static int[] types(ByteBuf buffer, int parse) {
    int end = parse + 1 + buffer.getInt(parse + 1);
    int zero = buffer.indexOf(textStart(PARSE, buffer, parse, end - parse), end, (byte) 0);
    return zero < 0 ? NO_TYPES : types(buffer, zero + 1, end);
  }

  private static int[] types(ByteBuf buffer, int from, int end) {
    int count = end - from < 2 ? 0 : Math.min(buffer.getUnsignedShort(from), (end - from - 2) / 4);
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = buffer.getInt(from + 2 + 4 * i);
    }
    return types;
  }

  /** The name, which a zero ends before the other index. */
  static String name(ByteBuf buffer, int from, int to) {
    int length = NameField.length(buffer, from, to);
    return length == 0 ? "" : buffer.toString(from, length, StandardCharsets.UTF_8);
  }

  /** The definition of the statement that a Bind names; null if no server has it. */
  static byte @Nullable [] bound(ExtendedQueries known, ByteBuf buffer, int offset, int length) {
    int portal = offset + FrameScanner.HEADER;
    int name = portal + NameField.length(buffer, portal, offset + length) + 1;
    int nameLength = NameField.length(buffer, name, offset + length);
    return known.definition(buffer, name, nameLength);
  }

  /** The text of a definition. */
  static String text(byte[] definition) {
    return new String(definition, 0, zero(definition), StandardCharsets.UTF_8);
  }

  /** The parameter types of a definition. */
  static int[] types(byte[] definition) {
    return types(Unpooled.wrappedBuffer(definition), zero(definition) + 1, definition.length);
  }

  private static int zero(byte[] definition) {
    int zero = 0;
    while (definition[zero] != 0) {
      zero++;
    }
    return zero;
  }

  /**
   * The values of a Bind.
   *
   * @param utf8 whether their texts are in UTF-8
   */
  static Arguments arguments(ByteBuf buffer, int offset, int length, boolean utf8) {
    return new BindReader(buffer, offset, length).arguments().encoded(utf8);
  }
}
