package org.pglynx.proxy.relay;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Formats;

/**
 * The values bound to a statement's parameters, as the client sent them.
 *
 * @param values one per parameter; null is SQL NULL
 * @param formats their format codes as in Bind
 * @param resultFormats format codes of the result's columns as in Bind; empty means all text
 * @param utf8 whether texts among the values are in UTF-8, as the client's encoding says
 */
public record Arguments(
    byte[] @Nullable [] values, short[] formats, short[] resultFormats, boolean utf8) {
  /** No parameters, all results in text: the simple protocol. */
  public static final Arguments NONE =
      new Arguments(new byte[0][], Formats.ALL_TEXT, Formats.ALL_TEXT);

  /** Of a client whose encoding is UTF-8. */
  public Arguments(byte[] @Nullable [] values, short[] formats, short[] resultFormats) {
    this(values, formats, resultFormats, true);
  }

  /** The same values, of a client whose encoding is this. */
  public Arguments encoded(boolean asUtf8) {
    return utf8 == asUtf8 ? this : new Arguments(values, formats, resultFormats, asUtf8);
  }

  /** How many values are bound. */
  public int count() {
    return values.length;
  }

  /** Whether the value at the index (from 0) is in binary format. */
  public boolean binary(int index) {
    return Formats.of(formats, index) == Formats.BINARY;
  }

  /** The value at the index (from 0) read as UTF-8 text, or null for SQL NULL. */
  public @Nullable String text(int index) {
    byte[] value = values[index];
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }
}
