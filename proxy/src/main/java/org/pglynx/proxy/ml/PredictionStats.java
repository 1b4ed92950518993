package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.pglynx.proxy.stats.Distribution;
import org.pglynx.proxy.stats.TimeHistogram;

/** How often each project has predicted, which way, and how long that took. */
final class PredictionStats {
  /** Clients choose the names of projects: beyond so many, no more are told apart. */
  private static final int MAX_PROJECTS = 10_000;

  private static final String OTHERS = "(others)";

  private final ConcurrentHashMap<Key, Count> counts = new ConcurrentHashMap<>();

  private record Key(String cluster, String database, String project, Way way) {}

  /** The counts of a model's project, served that way. */
  Count of(LoadedModel model, Way way) {
    return of(model.key().cluster(), model.key().database(), model.project(), way);
  }

  /** The counts of a project, served that way. */
  Count of(String cluster, String database, String project, Way way) {
    Key key = new Key(cluster, database, project, way);
    Count known = counts.get(key);
    if (known != null) {
      return known;
    }
    boolean full = counts.size() >= MAX_PROJECTS;
    return counts.computeIfAbsent(
        full ? new Key(cluster, database, OTHERS, way) : key, absent -> new Count());
  }

  /** All counts. */
  List<PredictionRow> rows() {
    List<PredictionRow> rows = new ArrayList<>();
    counts.forEach((key, count) ->
        rows.add(
            new PredictionRow(
                key.cluster(),
                key.database(),
                key.project(),
                key.way().word(),
                count.calls.sum(),
                count.rows.sum(),
                count.nanos.sum(),
                count.times())));
    return rows;
  }

  /** One project, one way. Any thread may count. */
  static final class Count {
    private static final int STRIPES = 8;

    private final LongAdder calls = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final TimeHistogram[] times = new TimeHistogram[STRIPES];

    private Count() {
      for (int i = 0; i < STRIPES; i++) {
        times[i] = new TimeHistogram();
      }
    }

    /** A statement has called it, and is answered elsewhere. */
    void called() {
      calls.increment();
    }

    /** A statement has been served. */
    void served(long predicted, long took) {
      calls.increment();
      rows.add(predicted);
      nanos.add(took);
      TimeHistogram mine = times[(int) Thread.currentThread().threadId() & STRIPES - 1];
      synchronized (mine) {
        mine.record(took);
      }
    }

    private Distribution times() {
      Distribution all = Distribution.NONE;
      for (TimeHistogram each : times) {
        synchronized (each) {
          all = all.plus(each.snapshot());
        }
      }
      return all;
    }
  }
}
