package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the clients of one load were told while a server failed. Moments are microseconds of the
 * wall clock, as pgbench writes them. Any thread.
 */
final class FailureFindings {
  /** What an error says of the statement that it answers. */
  enum Kind {
    /** Its connection to the server was lost before the answer was there. */
    LOST(
        "lost",
        "lost the connection to the server at|the server at \\S+ closed the connection unexpectedly"),
    /** It waited for a server that was given up. */
    GIVEN_UP("given up", "does not answer any more"),
    /** It waited for a server that was the primary. */
    DEPOSED("deposed", "is no longer the primary"),
    /** The server itself said that it ends. */
    TERMINATED(
        "terminated",
        "terminating connection due to (administrator command|unexpected postmaster exit)"),
    /** No server could be asked; where none is left, and the primary may not be read from. */
    REFUSED("refused", "cannot (connect to the server|log in) at|no replica that can be read from"),
    /** A session has read an older state than it had written. */
    STALE("stale read", "stale read"),
    /** Anything else: it should not be. */
    OTHER("other", "");

    private final String word;
    private final Pattern text;

    Kind(String word, String text) {
      this.word = word;
      this.text = Pattern.compile(text);
    }

    static Kind of(String message) {
      for (Kind kind : values()) {
        if (kind.text.matcher(message).find()) {
          return kind;
        }
      }
      return OTHER;
    }

    /** Whether a statement that was in flight on the server that failed is answered so. */
    boolean inFlight() {
      return this == LOST || this == GIVEN_UP || this == DEPOSED || this == TERMINATED;
    }
  }

  private final String load;
  private final List<Long> reads = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> writes = Collections.synchronizedList(new ArrayList<>());
  private final Map<Integer, Set<Integer>> acknowledged = new HashMap<>();
  private final Map<Kind, Integer> errors = new TreeMap<>();
  private final List<String> others = new ArrayList<>();
  private final Map<String, Integer> answers = new HashMap<>();
  private int checks;
  private int checksAtReplicas;

  FailureFindings(String load) {
    this.load = load;
  }

  String load() {
    return load;
  }

  // ---- what happens ----------------------------------------------------------------------------

  void read(long moment) {
    reads.add(moment);
  }

  void wrote(long moment) {
    writes.add(moment);
  }

  /** The client was told that its write of that number is done. */
  synchronized void acknowledged(int client, int number) {
    acknowledged.computeIfAbsent(client, none -> new HashSet<>()).add(number);
  }

  /** A session has written and read, and has found what it wrote. */
  synchronized void checked() {
    checks++;
  }

  /** As {@link #checked}, and a replica has told it. */
  synchronized void checkedAtReplica() {
    checks++;
    checksAtReplicas++;
  }

  synchronized void answeredBy(String server) {
    answers.merge(server, 1, Integer::sum);
  }

  synchronized void failed(String message) {
    Kind kind = Kind.of(message);
    errors.merge(kind, 1, Integer::sum);
    if (!kind.inFlight()) {
      others.add(message);
    }
  }

  // ---- what came of it -------------------------------------------------------------------------

  /** The longest time without any success from the moment on. */
  long readGapMillis(long since) {
    return gapMillis(reads, since);
  }

  long writeGapMillis(long since) {
    return gapMillis(writes, since);
  }

  private static long gapMillis(List<Long> moments, long since) {
    List<Long> sorted;
    synchronized (moments) {
      sorted = moments.stream().filter(moment -> moment >= since).sorted().toList();
    }
    long longest = 0;
    long before = since;
    for (long moment : sorted) {
      longest = Math.max(longest, moment - before);
      before = moment;
    }
    return longest / 1000;
  }

  /** Successes since the moment: without them a gap says nothing. */
  int successesSince(long moment) {
    return (int)
        (reads.stream().filter(each -> each >= moment).count()
            + writes.stream().filter(each -> each >= moment).count());
  }

  synchronized int acknowledged() {
    return acknowledged.values().stream().mapToInt(Set::size).sum();
  }

  /**
   * Acknowledged writes that are not there.
   *
   * @param found what is: the numbers of each client's writes
   */
  synchronized int missing(Map<Integer, Set<Integer>> found) {
    int missing = 0;
    for (Map.Entry<Integer, Set<Integer>> entry : acknowledged.entrySet()) {
      Set<Integer> lost = new HashSet<>(entry.getValue());
      lost.removeAll(found.getOrDefault(entry.getKey(), Set.of()));
      missing += lost.size();
    }
    return missing;
  }

  synchronized int errorCount() {
    return errors.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized int errorCount(Kind kind) {
    return errors.getOrDefault(kind, 0);
  }

  synchronized int stale() {
    return errorCount(Kind.STALE);
  }

  /** What a statement that was in flight is not told. */
  synchronized List<String> others() {
    return List.copyOf(others);
  }

  synchronized String errors() {
    if (errors.isEmpty()) {
      return "0";
    }
    List<String> each = new ArrayList<>();
    errors.forEach((kind, count) -> each.add(count + " " + kind.word));
    return String.join(", ", each);
  }

  synchronized int checks() {
    return checks;
  }

  synchronized int checksAtReplicas() {
    return checksAtReplicas;
  }

  synchronized int answers(String server) {
    return answers.getOrDefault(server, 0);
  }

  synchronized int answers() {
    return answers.values().stream().mapToInt(Integer::intValue).sum();
  }
}
