package org.pglynx.proxy.ml;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work of one execution off the event loops. Whatever goes wrong ends in exactly one error for the
 * client. Stopping it before it has begun ends it at once; afterwards its thread is interrupted,
 * which stops a conversation with the server, and its token is set, which stops computing.
 *
 * <pre>
 *   QUEUED ──run──▶ RUNNING ──▶ DONE
 *      └────────stop────────────▲
 * </pre>
 */
final class Job implements Stoppable, Stop, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  private enum State {
    QUEUED,
    RUNNING,
    DONE
  }

  /** What is to be done; it ends the execution well itself, or throws. */
  interface Work {
    void run(Stop stop) throws PgErrorException, InterruptedException;
  }

  /** Takes the error of work that did not end well. */
  interface Failure {
    void failed(PgError error);
  }

  private final Work work;
  private final Failure failure;
  private State state = State.QUEUED;
  private @Nullable Thread thread;
  private volatile @Nullable PgError stopped;

  private Job(Work work, Failure failure) {
    this.work = work;
    this.failure = failure;
  }

  /** Hands the work to the executor; gives what stops it. */
  static Stoppable start(Executor executor, Work work, Failure failure) {
    Job job = new Job(work, failure);
    try {
      executor.execute(job);
      return job;
    } catch (MlException e) {
      failure.failed(MlErrors.of(e));
    } catch (RejectedExecutionException e) {
      failure.failed(PgError.error(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down"));
    }
    return Stoppable.DONE;
  }

  /** Whether a task is no longer wanted, so that it need not wait for a thread any more. */
  static CancelToken token(Runnable task) {
    return task instanceof Job job ? job : CancelToken.NEVER;
  }

  @Override
  public void run() {
    if (!begin()) {
      return;
    }
    PgError error = outcome();
    end();
    if (error != null) {
      failure.failed(error);
    }
  }

  private synchronized boolean begin() {
    if (state != State.QUEUED) {
      return false;
    }
    state = State.RUNNING;
    thread = Thread.currentThread();
    return true;
  }

  private @Nullable PgError outcome() {
    try {
      work.run(this);
      return null;
    } catch (InterruptedException e) {
      return why();
    } catch (PgErrorException e) {
      return e.error();
    } catch (MlException e) {
      if (e.kind() == MlException.Kind.INTERNAL) {
        LOG.error("ml job failed", e);
      }
      return e.kind() == MlException.Kind.CANCELLED ? why() : MlErrors.of(e);
    } catch (RuntimeException | Error e) {
      LOG.error("ml job failed", e);
      return PgError.error(SqlState.INTERNAL_ERROR, "the proxy failed: " + e)
          .withHint("This is a defect of the proxy; its log has more.");
    }
  }

  private synchronized void end() {
    state = State.DONE;
    thread = null;
    // A cancel that came too late must not hit what this thread does next.
    Thread.interrupted();
  }

  @Override
  public boolean cancelled() {
    return stopped != null;
  }

  @Override
  public PgError why() {
    PgError reason = stopped;
    return reason == null ? MlErrors.cancelled() : reason;
  }

  @Override
  public void stop(PgError why) {
    boolean neverRan = false;
    synchronized (this) {
      if (stopped != null) {
        // What it stores of its end must not be interrupted once more.
        return;
      }
      stopped = why;
      if (state == State.QUEUED) {
        state = State.DONE;
        neverRan = true;
      } else if (thread != null) {
        thread.interrupt();
      }
    }
    if (neverRan) {
      failure.failed(why);
    }
  }
}
