package org.pglynx.proxy.cluster;

/**
 * Where the primary's log was when. What the primary says in answer to a question holds for the
 * moment in which it was asked: all that was committed before is ahead of that position. So a
 * standby that has replayed up to it has all that sessions knew to be committed at that moment, and
 * no session needs to ask for the position of its own writes.
 */
final class LogPositions {
  private static final int KEPT = 512;

  /** A page of the log, and its header, which no record ends in. */
  private static final int PAGE = 8192;

  private static final int PAGE_HEADER = 24;

  /** The least size of the log's segments, of which all other sizes are multiples. */
  private static final int SEGMENT = 1 << 20;

  /** The header of a segment's first page. */
  private static final int SEGMENT_HEADER = 40;

  private final long[] times = new long[KEPT];
  private final long[] positions = new long[KEPT];
  private int count;
  private int next;

  /**
   * Asked at the time, the primary was there. Going back means another primary: all is forgotten.
   */
  void sample(long askedNanos, long position) {
    long end = end(position);
    if (count > 0 && end < latest()) {
      forget();
    }
    times[next] = askedNanos;
    positions[next] = end;
    next = (next + 1) % KEPT;
    count = Math.min(count + 1, KEPT);
  }

  /** Another server is the primary: its log says nothing of the former one's. */
  void forget() {
    count = 0;
  }

  /**
   * Behind the header of a page nothing has been written yet: standbys stop ahead of it. Where a
   * segment could begin but a page in the midst of one does, a record may end as far behind as the
   * longer header would; it began on the page before, so who is here has replayed it as well.
   */
  private static long end(long position) {
    if (position % SEGMENT == SEGMENT_HEADER) {
      return position - SEGMENT_HEADER;
    }
    return position % PAGE == PAGE_HEADER ? position - PAGE_HEADER : position;
  }

  boolean known() {
    return count > 0;
  }

  /** The last position known; only if there is one. */
  long latest() {
    return positions[index(0)];
  }

  /** The sample so many before the last. */
  private int index(int back) {
    return Math.floorMod(next - 1 - back, KEPT);
  }

  /**
   * The latest moment of which it is certain that everything committed until then is ahead of the
   * position; the fallback if none is known.
   */
  long replayedAt(long position, long fallback) {
    for (int back = 0; back < count; back++) {
      if (positions[index(back)] <= position) {
        return times[index(back)];
      }
    }
    return fallback;
  }

  /**
   * How far behind the position is in time: between two samples the log is taken to have grown
   * evenly. 0 for one that has all.
   */
  long lagNanos(long position, long now) {
    if (count == 0 || position >= latest()) {
      return 0;
    }
    for (int back = 1; back < count; back++) {
      int older = index(back);
      if (positions[older] <= position) {
        int newer = index(back - 1);
        double share =
            (double) (position - positions[older]) / (positions[newer] - positions[older]);
        return now - times[older] - (long) ((times[newer] - times[older]) * share);
      }
    }
    return now - times[index(count - 1)];
  }
}
