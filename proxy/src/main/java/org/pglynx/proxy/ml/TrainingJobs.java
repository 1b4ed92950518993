package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** The trainings of the process that wait or run. */
final class TrainingJobs {
  /** Trainings of a process before its numbers reach another one's. */
  private static final long BLOCK = 1_000_000;

  private static final long BLOCKS = 9_000_000;

  private final AtomicLong ids;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ConcurrentSkipListMap<Long, TrainingJob> jobs = new ConcurrentSkipListMap<>();
  private volatile @Nullable PgError stopped;

  /** Numbers them so that those of other processes, which share a database, have other numbers. */
  TrainingJobs() {
    this.ids = new AtomicLong(BLOCK * ThreadLocalRandom.current().nextLong(1, BLOCKS));
  }

  /** A new one, on the list until it is removed; one that comes when all are stopped is stopped. */
  TrainingJob add(TrainingJob.Place place, String project, String algorithm) {
    long id = ids.incrementAndGet();
    TrainingJob job = new TrainingJob(id, place, project, algorithm, System.nanoTime());
    jobs.put(id, job);
    // Read behind the put: whoever stops all at this moment sees the job, or is seen.
    PgError why = stopped;
    if (why != null) {
      job.stop(why);
    }
    return job;
  }

  /**
   * It has ended.
   *
   * @param success whether there is a model
   */
  void remove(TrainingJob job, boolean success) {
    if (jobs.remove(job.id()) != null) {
      (success ? done : failed).incrementAndGet();
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** How many have ended with a model. */
  long done() {
    return done.get();
  }

  /** How many have ended without one. */
  long failed() {
    return failed.get();
  }

  /** The one of the id, or null. */
  @Nullable TrainingJob find(long id) {
    return jobs.get(id);
  }

  /** Stops all, and those that are still to come. */
  void stop(PgError why) {
    stopped = why;
    jobs.values().forEach(job -> job.stop(why));
  }

  /**
   * Waits until there is none, but not longer than that.
   *
   * @return whether there is none
   */
  synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long begin = System.nanoTime();
    while (!jobs.isEmpty()) {
      long left = nanos - (System.nanoTime() - begin);
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** All, the oldest first. */
  List<TrainingRow> rows() {
    long now = System.nanoTime();
    return jobs.values().stream().map(job -> job.row(now)).toList();
  }
}
