package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The trainings of the process that wait or run. */
final class TrainingJobs {
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentSkipListMap<Long, TrainingJob> jobs = new ConcurrentSkipListMap<>();

  /** A new one, on the list until it is removed. */
  TrainingJob add(TrainingJob.Place place, String project, String algorithm) {
    long id = ids.incrementAndGet();
    TrainingJob job = new TrainingJob(id, place, project, algorithm, System.nanoTime());
    jobs.put(id, job);
    return job;
  }

  /** It has ended. */
  void remove(TrainingJob job) {
    jobs.remove(job.id());
  }

  /** The one of the id, or null. */
  @Nullable TrainingJob find(long id) {
    return jobs.get(id);
  }

  /** All, the oldest first. */
  List<TrainingRow> rows() {
    long now = System.nanoTime();
    return jobs.values().stream().map(job -> job.row(now)).toList();
  }
}
