package org.pglynx.proxy.backend;

/**
 * The frames sent to a server whose replies are outstanding, oldest first, one byte each: a growing
 * ring without objects.
 */
final class ReplyRing {
  private byte[] entries = new byte[16];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void push(byte entry) {
    if (size == entries.length) {
      grow();
    }
    entries[(head + size) & (entries.length - 1)] = entry;
    size++;
  }

  /** The oldest entry, or {@link Expected#NONE} if there is none. */
  byte peek() {
    return size == 0 ? Expected.NONE : entries[head];
  }

  byte pop() {
    byte entry = entries[head];
    head = (head + 1) & (entries.length - 1);
    size--;
    return entry;
  }

  /** How often the entry occurs. */
  int count(byte entry) {
    int found = 0;
    for (int i = 0; i < size; i++) {
      if (entries[(head + i) & (entries.length - 1)] == entry) {
        found++;
      }
    }
    return found;
  }

  /**
   * Removes every {@code entry} that stands right behind the head.
   *
   * @return whether the head then stands alone
   */
  boolean removeBehindHead(byte entry) {
    int mask = entries.length - 1;
    int removed = 0;
    while (1 + removed < size && entries[(head + 1 + removed) & mask] == entry) {
      removed++;
    }
    for (int i = 1 + removed; i < size; i++) {
      entries[(head + i - removed) & mask] = entries[(head + i) & mask];
    }
    size -= removed;
    return size <= 1;
  }

  void clear() {
    size = 0;
    head = 0;
  }

  private void grow() {
    byte[] larger = new byte[entries.length * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = entries[(head + i) & (entries.length - 1)];
    }
    entries = larger;
    head = 0;
  }
}
