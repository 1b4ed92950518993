package org.pglynx.proxy.it;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What all clients have seen. */
final class SoakReport {
  private static final int SHOWN = 20;

  private final LongAdder steps = new LongAdder();
  private final LongAdder connects = new LongAdder();
  private final LongAdder wrongs = new LongAdder();
  private final Map<String, LongAdder> visits = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> excuses = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Set<String> committed = ConcurrentHashMap.newKeySet();
  private final Set<String> undone = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> copied = new ConcurrentHashMap<>();
  private final Map<String, Integer> wholes = new ConcurrentHashMap<>();

  void step() {
    steps.increment();
  }

  void connected() {
    connects.increment();
  }

  void visited(String name) {
    visits.computeIfAbsent(name, _ -> new LongAdder()).increment();
  }

  /** A server was lost under somebody, or what he asked was cancelled. */
  void excused(String state) {
    excuses.computeIfAbsent(state, _ -> new LongAdder()).increment();
  }

  /** Somebody got what nobody may get. */
  void wrong(String what) {
    wrongs.increment();
    if (wrong.size() < SHOWN) {
      wrong.add(what);
      System.out.println("WRONG: " + what);
    }
  }

  /** The server has said that the row is there to stay. */
  void committed(String row) {
    committed.add(row);
  }

  /** The server has said that so many rows are there to stay. */
  void copied(String tag, int rows) {
    copied.put(tag, rows);
  }

  /** So many rows have the tag, or none. */
  void whole(String tag, int rows) {
    wholes.put(tag, rows);
  }

  Map<String, Integer> wholes() {
    return wholes;
  }

  /** The row was never committed. */
  void undone(String row) {
    undone.add(row);
  }

  List<String> wrong() {
    return List.copyOf(wrong);
  }

  Set<String> committed() {
    return committed;
  }

  /** Forgets what was noted of rows. */
  void forgetRows() {
    committed.clear();
    undone.clear();
    copied.clear();
    wholes.clear();
  }

  Set<String> undone() {
    return undone;
  }

  Map<String, Integer> copied() {
    return copied;
  }

  @Override
  public String toString() {
    return steps
        + " steps answered, "
        + connects
        + " logins, "
        + wrongs
        + " wrong; excused by "
        + new TreeMap<>(excuses)
        + "; errands "
        + new TreeMap<>(visits);
  }
}
