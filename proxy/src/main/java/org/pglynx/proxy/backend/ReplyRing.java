package org.pglynx.proxy.backend;

/**
 * The frames sent to a server whose replies are outstanding, oldest first, one byte each: a growing
 * ring without objects.
 */
final class ReplyRing {
  /** A kind of entries. */
  interface ByteTest {
    boolean of(byte entry);
  }

  private byte[] entries = new byte[16];
  private int head;
  private int size;
  private long popped;

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
    popped++;
    return entry;
  }

  /** How many entries have been taken from the head so far. */
  long popped() {
    return popped;
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

  /** Whether all entries are of one kind. */
  boolean isOnly(ByteTest kind) {
    for (int i = 0; i < size; i++) {
      if (!kind.of(at(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Removes every {@code entry} that stands right behind the head, or with only such entries and
   * those of frames that were never sent (up to {@code lastUnsent}) before it.
   *
   * @return whether all that then stands behind the head was never sent
   */
  boolean removeBehindHead(byte entry, byte lastUnsent) {
    int kept = 1;
    int seen = 1;
    for (; seen < size && (at(seen) == entry || at(seen) <= lastUnsent); seen++) {
      if (at(seen) != entry) {
        put(kept++, at(seen));
      }
    }
    boolean unsent = seen >= size;
    for (; seen < size; seen++) {
      put(kept++, at(seen));
    }
    size = Math.min(size, kept);
    return unsent;
  }

  private byte at(int index) {
    return entries[(head + index) & (entries.length - 1)];
  }

  private void put(int index, byte entry) {
    entries[(head + index) & (entries.length - 1)] = entry;
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
