package org.pglynx.proxy.plugin;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Tells texts apart that cannot hold any of some words in whatever case. Most texts are told so by
 * the first bytes of the words.
 */
final class WordSearch {
  /** An identifier written with escapes may be any. */
  private static final String ESCAPED = "u&\"";

  private final byte[][] words;
  private final boolean[] begins = new boolean[256];

  WordSearch(Collection<String> names) {
    words = new byte[names.isEmpty() ? 0 : names.size() + 1][];
    int count = 0;
    for (String name : names) {
      // As it stands in a quoted identifier.
      words[count++] = bytes(name.replace("\"", "\"\""));
    }
    if (count > 0) {
      words[count] = bytes(ESCAPED);
    }
    for (byte[] word : words) {
      begins[word[0] & 0xff] = true;
    }
  }

  private static byte[] bytes(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = lower(bytes[i]);
    }
    return bytes;
  }

  boolean mayBeIn(ByteBuf buffer, int offset, int length) {
    if (words.length == 0) {
      return false;
    }
    int end = offset + length;
    for (int at = offset; at < end; at++) {
      if (begins[lower(buffer.getByte(at)) & 0xff] && any(buffer, at, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean any(ByteBuf buffer, int at, int end) {
    for (byte[] word : words) {
      if (stands(word, buffer, at, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean stands(byte[] word, ByteBuf buffer, int at, int end) {
    if (at + word.length > end) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (lower(buffer.getByte(at + i)) != word[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
  }
}
