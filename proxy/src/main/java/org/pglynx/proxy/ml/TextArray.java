package org.pglynx.proxy.ml;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Arrays of text of one dimension, as array_in and array_recv read them; NULLs are refused. */
final class TextArray {
  private static final int HEADER = 12;

  private final String text;
  private final List<String> elements = new ArrayList<>();
  private int at;

  private TextArray(String text) {
    this.text = text;
  }

  /** The elements of {@code {a,"b c"}}. */
  static List<String> parse(String text) throws PgErrorException {
    TextArray array = new TextArray(text.strip());
    array.read();
    return array.elements;
  }

  private void read() throws PgErrorException {
    expect('{');
    if (!skip('}')) {
      do {
        elements.add(element());
      } while (skip(','));
      expect('}');
    }
    if (at != text.length()) {
      throw malformed();
    }
  }

  private String element() throws PgErrorException {
    blanks();
    StringBuilder out = new StringBuilder();
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    at += quoted ? 1 : 0;
    while (at < text.length() && !ends(text.charAt(at), quoted)) {
      at += text.charAt(at) == '\\' && at + 1 < text.length() ? 1 : 0;
      out.append(text.charAt(at++));
    }
    if (quoted) {
      expect('"');
    }
    String value = quoted ? out.toString() : out.toString().strip();
    if (!quoted && value.equalsIgnoreCase("null")) {
      throw nullElement(elements.size() + 1);
    }
    if (!quoted && value.isEmpty()) {
      throw at < text.length() && text.charAt(at) == '{' ? dimensions() : malformed();
    }
    blanks();
    return value;
  }

  private static boolean ends(char c, boolean quoted) {
    return quoted ? c == '"' : c == ',' || c == '}' || c == '{' || c == '"';
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean skip(char c) {
    blanks();
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void expect(char c) throws PgErrorException {
    if (!skip(c)) {
      throw malformed();
    }
  }

  private PgErrorException malformed() {
    return PgError.error(SqlState.INVALID_TEXT, "malformed array literal: \"%s\"".formatted(text))
        .withHint("An array of texts is written like {weight,waist}.")
        .toException();
  }

  private static PgErrorException nullElement(int number) {
    return PgError.error(
            SqlState.NULL_NOT_ALLOWED, "element %d of an array of texts is NULL".formatted(number))
        .withHint("Leave the element out.")
        .toException();
  }

  private static PgErrorException dimensions() {
    return PgError.error(SqlState.ARRAY_SUBSCRIPT, "an array of texts has several dimensions")
        .withHint("One of one dimension is taken: ARRAY['weight', 'waist'].")
        .toException();
  }

  /** The array as text, every element in quotes. */
  static String write(List<String> elements) {
    StringBuilder out = new StringBuilder("{");
    for (String element : elements) {
      out.append(out.length() > 1 ? "," : "")
          .append('"')
          .append(element.replace("\\", "\\\\").replace("\"", "\\\""))
          .append('"');
    }
    return out.append('}').toString();
  }

  /** The text of the binary form: dimensions, flags, type, length and bound, elements. */
  static String text(byte[] binary) throws PgErrorException {
    ByteBuffer in = ByteBuffer.wrap(binary);
    List<String> elements = new ArrayList<>();
    if (binary.length < HEADER) {
      throw malformedBinary();
    }
    if (in.getInt(0) > 1) {
      throw dimensions();
    }
    if (in.getInt(0) == 1) {
      in.position(HEADER + 8);
      int count = in.getInt(HEADER);
      for (int i = 0; i < count; i++) {
        int length = in.remaining() < 4 ? Integer.MAX_VALUE : in.getInt();
        if (length > in.remaining()) {
          throw malformedBinary();
        }
        if (length < 0) {
          throw nullElement(i + 1);
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        elements.add(new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return write(elements);
  }

  private static PgErrorException malformedBinary() {
    return PgError.error(SqlState.PROTOCOL_VIOLATION, "incorrect binary data format of text[]")
        .toException();
  }
}
