package org.pglynx.ml.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Maps byte strings to codes 0, 1, 2, … in order of first appearance; a lookup of a known text
 * allocates nothing (open addressing, linear probing, at most half full).
 */
final class TextDictionary {
  private final List<byte[]> texts = new ArrayList<>();
  private int[] slots = new int[16];
  private long textBytes;

  TextDictionary() {
    Arrays.fill(slots, -1);
  }

  int code(byte[] bytes, int offset, int length) {
    int slot = slotOf(bytes, offset, length);
    if (slots[slot] >= 0) {
      return slots[slot];
    }
    int code = texts.size();
    texts.add(Arrays.copyOfRange(bytes, offset, offset + length));
    textBytes += length + 24;
    slots[slot] = code;
    if (texts.size() * 2 > slots.length) {
      rehash();
    }
    return code;
  }

  int size() {
    return texts.size();
  }

  long heldBytes() {
    return textBytes + 4L * slots.length + 8L * texts.size();
  }

  String text(int code) {
    return new String(texts.get(code), StandardCharsets.UTF_8);
  }

  private int slotOf(byte[] bytes, int offset, int length) {
    int slot = hash(bytes, offset, length) & (slots.length - 1);
    while (slots[slot] >= 0 && !same(texts.get(slots[slot]), bytes, offset, length)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    Arrays.fill(slots, -1);
    for (int code = 0; code < texts.size(); code++) {
      byte[] text = texts.get(code);
      slots[slotOf(text, 0, text.length)] = code;
    }
  }

  private static boolean same(byte[] known, byte[] bytes, int offset, int length) {
    return Arrays.equals(known, 0, known.length, bytes, offset, offset + length);
  }

  private static int hash(byte[] bytes, int offset, int length) {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 16);
  }
}
