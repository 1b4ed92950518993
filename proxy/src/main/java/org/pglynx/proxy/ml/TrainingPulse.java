package org.pglynx.proxy.ml;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database how far a training is while it computes, and hears whether it is to be
 * cancelled: then {@code pgml.trainings} shows it, and {@code pgml.cancel_training} works through
 * any proxy. Each time it takes a connection of the pool for a moment; a training of less than half
 * a second takes none. Without it, as when the database cannot be reached, training goes on.
 *
 * <pre>
 *   WAITING ──half a second──▶ TELLING ──▶ WAITING
 *      └──close──▶ (gone, and with it the training's row)
 * </pre>
 */
final class TrainingPulse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingPulse.class);
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** For a question that the database does not answer at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ServerSessions servers;
  private final TrainingJob job;
  private final Described described;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private boolean ended;
  private boolean told;

  /**
   * What the database is told besides the progress.
   *
   * @param model the id of the model
   */
  record Described(long model, String project, String algorithm) {}

  private TrainingPulse(ServerSessions servers, TrainingJob job, Described described) {
    this.servers = servers;
    this.job = job;
    this.described = described;
    this.thread = Thread.ofVirtual().name("pglynx-pulse-" + job.id()).unstarted(this::beat);
  }

  /** Begins, half a second from now. */
  static TrainingPulse start(ServerSessions servers, TrainingJob job, Described described) {
    TrainingPulse pulse = new TrainingPulse(servers, job, described);
    pulse.thread.start();
    return pulse;
  }

  private void beat() {
    try {
      while (!endedWithin(PERIOD_NANOS)) {
        tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell() throws InterruptedException {
    try (SqlSession session = servers.open()) {
      told = true;
      if ("t".equals(tell(session))) {
        job.cancel();
      }
    } catch (PgErrorException e) {
      LOG.debug("the progress of training {} cannot be stored now", job.id(), e);
    }
  }

  private @Nullable String tell(SqlSession session) throws PgErrorException, InterruptedException {
    return session
        .one(
            "SELECT pgml._training_goes_on($1::bigint, $2::bigint, $3::text, $4::text, $5::text)",
            Long.toString(job.id()),
            Long.toString(described.model()),
            described.project(),
            described.algorithm(),
            job.rounds())
        .value();
  }

  private boolean endedWithin(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (!ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Ends; when this returns, it has no connection any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // The training may just have been interrupted; its connection is needed next all the same.
    boolean interrupted = Thread.interrupted() | joined();
    if (told) {
      forget();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for its end, and tells whether it was interrupted meanwhile. */
  private boolean joined() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        if (!thread.join(PATIENCE)) {
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    return interrupted;
  }

  private void forget() {
    try (SqlSession session = servers.open()) {
      session.one("SELECT pgml._training_ended($1::bigint)", Long.toString(job.id()));
    } catch (PgErrorException e) {
      LOG.debug("training {} stays in pgml.trainings until somebody trains again", job.id(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
