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
   * Removes every {@code entry} that stands before the first {@code stop1} or {@code stop2}, or
   * before the end if neither is there.
   */
  void removeBefore(byte entry, byte stop1, byte stop2) {
    int kept = 0;
    boolean stopped = false;
    for (int i = 0; i < size; i++) {
      byte next = entries[(head + i) & (entries.length - 1)];
      stopped |= next == stop1 || next == stop2;
      if (stopped || next != entry) {
        entries[(head + kept) & (entries.length - 1)] = next;
        kept++;
      }
    }
    size = kept;
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
