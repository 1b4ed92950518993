package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Maps names, given as bytes in a buffer, to values, without making a string or key object for a
 * look-up: each Bind of a prepared statement does one. Names that agree in their first 63 bytes are
 * one name, as they are in the hash tables of Postgres (NAMEDATALEN).
 */
final class NameTable<V> {
  private static final int LONGEST = 63;

  private static final int SMALLEST = 8;

  /** Of all tables that nothing is in: most sessions name nothing. Never written to. */
  @SuppressWarnings("rawtypes")
  private static final @Nullable Slot[] NOTHING = new Slot[1];

  private static final class Slot<V> {
    final byte[] name;
    final int hash;
    V value;

    Slot(byte[] name, int hash, V value) {
      this.name = name;
      this.hash = hash;
      this.value = value;
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable Slot<V>[] slots = NOTHING;

  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  @Nullable V find(ByteBuf buffer, int offset, int nameLength) {
    int length = Math.min(nameLength, LONGEST);
    Slot<V> slot = slots[index(slots, buffer, offset, length, hash(buffer, offset, length))];
    return slot == null ? null : slot.value;
  }

  void put(ByteBuf buffer, int offset, int nameLength, V value) {
    int length = Math.min(nameLength, LONGEST);
    int hash = hash(buffer, offset, length);
    int at = index(slots, buffer, offset, length, hash);
    Slot<V> slot = slots[at];
    if (slot != null) {
      slot.value = value;
      return;
    }
    if (slots == NOTHING) {
      rebuild(SMALLEST, keep -> true);
      at = hash & (SMALLEST - 1);
    }
    byte[] name = new byte[length];
    buffer.getBytes(offset, name);
    slots[at] = new Slot<>(name, hash, value);
    size++;
    if (size * 2 > slots.length) {
      rebuild(slots.length * 2, keep -> true);
    }
  }

  /** Removes the name, and returns what it stood for. */
  @Nullable V remove(ByteBuf buffer, int offset, int nameLength) {
    int length = Math.min(nameLength, LONGEST);
    int at = index(slots, buffer, offset, length, hash(buffer, offset, length));
    Slot<V> gone = slots[at];
    if (gone == null) {
      return null;
    }
    rebuild(slots.length, slot -> slot != gone);
    return gone.value;
  }

  /** Removes every name that stands for this very value. */
  void removeValue(V value) {
    if (size > 0) {
      rebuild(slots.length, slot -> slot.value != value);
    }
  }

  @SuppressWarnings("unchecked")
  void clear() {
    slots = NOTHING;
    size = 0;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void rebuild(int capacity, Predicate<Slot<V>> keep) {
    @Nullable Slot<V>[] fresh = new Slot[capacity];
    size = 0;
    for (Slot<V> slot : slots) {
      if (slot != null && keep.test(slot)) {
        int at = slot.hash & (capacity - 1);
        while (fresh[at] != null) {
          at = (at + 1) & (capacity - 1);
        }
        fresh[at] = slot;
        size++;
      }
    }
    slots = fresh;
  }

  private int index(@Nullable Slot<V>[] table, ByteBuf buffer, int offset, int length, int hash) {
    int at = hash & (table.length - 1);
    for (Slot<V> slot = table[at]; slot != null; slot = table[at]) {
      if (slot.hash == hash && same(slot.name, buffer, offset, length)) {
        return at;
      }
      at = (at + 1) & (table.length - 1);
    }
    return at;
  }

  private static boolean same(byte[] name, ByteBuf buffer, int offset, int length) {
    if (name.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name[i] != buffer.getByte(offset + i)) {
        return false;
      }
    }
    return true;
  }

  private static int hash(ByteBuf buffer, int offset, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + buffer.getByte(offset + i);
    }
    return hash ^ (hash >>> 15);
  }
}
