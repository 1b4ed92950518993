package org.pglynx.proxy.wire;

/** Format codes as Bind carries them: an empty array is all text, one code is for all columns. */
public final class Formats {
  /** Text. */
  public static final short TEXT = 0;

  /** Binary. */
  public static final short BINARY = 1;

  /** All columns in text, as in the simple protocol. */
  public static final short[] ALL_TEXT = {};

  private Formats() {}

  /** The code of the column or parameter at the index. */
  public static short of(short[] codes, int index) {
    if (codes.length == 0) {
      return TEXT;
    }
    return codes.length == 1 ? codes[0] : codes[index];
  }
}
