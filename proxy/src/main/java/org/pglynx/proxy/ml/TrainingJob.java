package org.pglynx.proxy.ml;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * A training from its call to its end, as SHOW TRAININGS tells about it. Written by the training's
 * thread, read and cancelled by any.
 *
 * <pre>
 *   QUEUED ──▶ READING ──▶ TRAINING ──▶ STORING ──▶ (gone from the list)
 *      └──────────┴────────────┴───────────┴── failure, cancel ──▲
 * </pre>
 */
final class TrainingJob {
  /** How far it is. */
  enum State {
    /** It waits for a thread. */
    QUEUED,
    /** It reads the rows. */
    READING,
    /** It computes. */
    TRAINING,
    /** It stores the model. */
    STORING;

    /** As SHOW TRAININGS spells it. */
    String shown() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final long id;
  private final Place place;
  private final String project;
  private final String algorithm;
  private final long startNanos;
  private volatile State state = State.QUEUED;
  private volatile long model;
  private volatile int rows;
  private volatile long bytes;
  private volatile String rounds = "";
  private @Nullable Stoppable work;
  private @Nullable PgError stopped;

  /**
   * Where a training was asked for.
   *
   * @param cluster the server database behind it
   * @param database the database that the client named
   * @param user the user that the client logged in as
   */
  record Place(String cluster, String database, String user) {}

  TrainingJob(long id, Place place, String project, String algorithm, long startNanos) {
    this.id = id;
    this.place = place;
    this.project = project;
    this.algorithm = algorithm;
    this.startNanos = startNanos;
  }

  /** For reading that is no training. */
  static TrainingJob unlisted() {
    return new TrainingJob(0, new Place("", "", ""), "", "", System.nanoTime());
  }

  /** What progress lines call it; empty if it is not listed. */
  String label() {
    return id == 0 ? "" : " (training " + id + ")";
  }

  long id() {
    return id;
  }

  Place place() {
    return place;
  }

  /** It has come so far. */
  void enter(State reached) {
    state = reached;
  }

  /** Rows have been read, and learning from them takes so much memory. */
  void read(int count, long estimatedBytes) {
    rows = count;
    bytes = estimatedBytes;
  }

  /** Its model is stored under the id. */
  void model(long stored) {
    model = stored;
  }

  /** Some of the rounds are done. */
  void rounds(int done, int total) {
    rounds = done + "/" + total;
  }

  /** How many rounds are done, such as {@code 3/100}; empty before the first. */
  String rounds() {
    return rounds;
  }

  /** What stops it; at once if it was stopped before. */
  void startedAs(Stoppable stoppable) {
    PgError why;
    synchronized (this) {
      work = stoppable;
      why = stopped;
    }
    if (why != null) {
      stoppable.stop(why);
    }
  }

  /** Cancels it, whatever it does now. */
  void cancel() {
    stop(MlErrors.cancelled());
  }

  /** Stops it, whatever it does now; it then fails with the error. */
  void stop(PgError why) {
    Stoppable running;
    synchronized (this) {
      stopped = why;
      running = work;
    }
    if (running != null) {
      running.stop(why);
    }
  }

  /** What SHOW TRAININGS tells. */
  TrainingRow row(long nowNanos) {
    return new TrainingRow(
        id,
        place.database(),
        place.user(),
        project,
        model,
        algorithm,
        state.shown(),
        rows,
        rounds,
        TimeUnit.NANOSECONDS.toSeconds(nowNanos - startNanos),
        bytes,
        place.cluster());
  }
}
