package org.pglynx.proxy.sql;

import java.nio.charset.StandardCharsets;

/** Bytes as the characters of a text, for a lexer that tells bytes above 127 not apart. */
final class ByteText implements CharSequence {
  private byte[] bytes = new byte[0];
  private int length;

  /** Stands for the first bytes of the array from now on. */
  void set(byte[] newBytes, int newLength) {
    bytes = newBytes;
    length = newLength;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return (char) (bytes[index] & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return subSequence(0, length).toString();
  }
}
