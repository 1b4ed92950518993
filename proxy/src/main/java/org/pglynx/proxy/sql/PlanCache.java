package org.pglynx.proxy.sql;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found out about statements, by key, for all threads. Bounded in entries; when
 * full, the entry that was not asked for since the clock's hand last passed goes (second chance).
 * Looking up a present key takes no lock.
 *
 * @param <K> the key, usually the exact text
 * @param <V> what was found out; immutable
 */
public final class PlanCache<K, V> {
  private final ConcurrentHashMap<K, Entry<V>> entries;
  private final ArrayDeque<K> clock = new ArrayDeque<>();
  private final int capacity;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /** A cache of at most so many entries. */
  public PlanCache(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + " is below 1");
    }
    this.capacity = capacity;
    this.entries = new ConcurrentHashMap<>();
  }

  /** What is known of the key; finds it out when nothing is. The function runs without a lock. */
  public V value(K key, Function<K, V> findOut) {
    Entry<V> entry = entries.get(key);
    if (entry != null) {
      entry.used = true;
      hits.increment();
      return entry.value;
    }
    misses.increment();
    V value = findOut.apply(key);
    insert(key, value);
    return value;
  }

  /** What is known of the key, or null; counted, for a key that is not worth keeping as it is. */
  public @Nullable V find(K key) {
    Entry<V> entry = entries.get(key);
    if (entry == null) {
      misses.increment();
      return null;
    }
    // Written only when it changes: the line is shared by all threads.
    if (!entry.used) {
      entry.used = true;
    }
    hits.increment();
    return entry.value;
  }

  /** What has been found out about a key that {@link #find} did not know. */
  public void put(K key, V value) {
    insert(key, value);
  }

  /** What is known of the key, or null. */
  public @Nullable V known(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  private synchronized void insert(K key, V value) {
    if (entries.putIfAbsent(key, new Entry<>(value)) != null) {
      return;
    }
    clock.addLast(key);
    while (clock.size() > capacity) {
      evictOne();
    }
  }

  private void evictOne() {
    for (int turns = clock.size(); turns > 0; turns--) {
      K candidate = clock.removeFirst();
      Entry<V> entry = entries.get(candidate);
      // The last turn takes whatever comes: all may have been used meanwhile.
      if (entry == null || !entry.used || turns == 1) {
        entries.remove(candidate);
        return;
      }
      entry.used = false;
      clock.addLast(candidate);
    }
  }

  /** How many look-ups found their key. */
  public long hits() {
    return hits.sum();
  }

  /** How many look-ups did not. */
  public long misses() {
    return misses.sum();
  }

  /** How many entries there are. */
  public int size() {
    return entries.size();
  }

  private static final class Entry<V> {
    final V value;
    // Racy on purpose: losing a mark costs one look-up later.
    volatile boolean used;

    Entry(V value) {
      this.value = value;
    }
  }
}
