package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.PgError;

/** The execution of a statement that is stopped if it has not ended in time. */
final class TimedContext extends BehindContext {
  private final CountDownLatch end = new CountDownLatch(1);
  private @Nullable Stoppable work;
  private boolean late;

  TimedContext(AnswerContext context) {
    super(context);
  }

  /** This is what is to be stopped. */
  Stoppable started(Stoppable started) {
    boolean stop;
    synchronized (this) {
      work = started;
      stop = late;
    }
    if (stop) {
      started.stop(CallTimeouts.exceeded());
    }
    return started;
  }

  /** Waits for its end, at most so long; stops it then. */
  void stopAfter(long nanos) throws InterruptedException {
    if (end.await(nanos, TimeUnit.NANOSECONDS)) {
      return;
    }
    Stoppable running;
    synchronized (this) {
      late = true;
      running = work;
    }
    if (running != null) {
      running.stop(CallTimeouts.exceeded());
    }
  }

  @Override
  public void rows(ByteBuf frames, int rows) {
    clients().rows(frames, rows);
  }

  @Override
  public void complete(String commandTag) {
    end.countDown();
    clients().complete(commandTag);
  }

  @Override
  public void fail(PgError error) {
    end.countDown();
    clients().fail(error);
  }
}
