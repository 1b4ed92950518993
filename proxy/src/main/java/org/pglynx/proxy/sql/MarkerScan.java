package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;

/**
 * Tells whether the letters {@code pgml}, in any case, stand anywhere in some bytes. Looks at about
 * every fourth byte (Horspool's shift) and allocates nothing. A schema name written with Unicode
 * escapes ({@code U&"\0070gml"}) is not found: such a call reaches the server, which knows no such
 * function.
 */
public final class MarkerScan {
  private static final int LENGTH = 4;

  // Setting this bit maps upper to lower case letters, and no other byte to a letter of the marker.
  private static final int LOWER = 0x20;

  private MarkerScan() {}

  /** Whether the range holds the marker. */
  public static boolean found(ByteBuf buffer, int offset, int length) {
    int end = offset + length;
    int last = offset + LENGTH - 1;
    while (last < end) {
      switch (buffer.getByte(last) | LOWER) {
        case 'l' -> {
          if (precedes(buffer, last)) {
            return true;
          }
          last += LENGTH;
        }
        case 'm' -> last += 1;
        case 'g' -> last += 2;
        case 'p' -> last += 3;
        default -> last += LENGTH;
      }
    }
    return false;
  }

  private static boolean precedes(ByteBuf buffer, int last) {
    return (buffer.getByte(last - 1) | LOWER) == 'm'
        && (buffer.getByte(last - 2) | LOWER) == 'g'
        && (buffer.getByte(last - 3) | LOWER) == 'p';
  }
}
