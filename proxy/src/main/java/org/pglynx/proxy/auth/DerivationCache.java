package org.pglynx.proxy.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Results of slow derivations, the least recently used dropped beyond a capacity. Threads that want
 * the same key at the same time derive it once. The lock of the cache is never held while deriving,
 * so {@link #ready} is quick enough for an event loop.
 */
final class DerivationCache<K, V> {
  private final Map<K, Slot<V>> slots;

  DerivationCache(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("the capacity must be at least 1, not " + capacity);
    }
    this.slots =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Slot<V>> eldest) {
            return size() > capacity;
          }
        };
  }

  @Nullable V ready(K key) {
    Slot<V> slot;
    synchronized (slots) {
      slot = slots.get(key);
    }
    return slot == null ? null : slot.value;
  }

  V derive(K key, Supplier<V> derivation) {
    Slot<V> slot;
    synchronized (slots) {
      slot = slots.computeIfAbsent(key, k -> new Slot<>());
    }
    return slot.fill(derivation);
  }

  int size() {
    synchronized (slots) {
      return slots.size();
    }
  }

  private static final class Slot<V> {
    private volatile @Nullable V value;

    synchronized V fill(Supplier<V> derivation) {
      V known = value;
      if (known == null) {
        known = derivation.get();
        value = known;
      }
      return known;
    }
  }
}
