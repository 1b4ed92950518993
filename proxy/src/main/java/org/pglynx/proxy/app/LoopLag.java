package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.pglynx.proxy.admin.LoopRow;
import org.pglynx.proxy.stats.TimeHistogram;

/**
 * Looks four times a second how much later than asked for an event loop comes to something: what is
 * between is what its clients wait for. Only where somebody may ask.
 */
final class LoopLag {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final class Look {
    private final EventLoop loop;
    private final TimeHistogram lags = new TimeHistogram();
    private long due;
    private long nanos;

    Look(EventLoop loop) {
      this.loop = loop;
    }

    void next() {
      due = System.nanoTime() + PERIOD_NANOS;
      Future<?> _ = loop.schedule(this::look, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }

    private void look() {
      long late = Math.max(0, System.nanoTime() - due);
      lags.record(late);
      nanos += late;
      next();
    }
  }

  private final List<Look> looks;

  private LoopLag(List<Look> looks) {
    this.looks = looks;
  }

  /** Looks at these until they end. */
  static LoopLag of(List<EventLoop> loops) {
    LoopLag lag = new LoopLag(loops.stream().map(Look::new).toList());
    lag.looks.forEach(look -> look.loop.execute(look::next));
    return lag;
  }

  List<LoopRow> rows() {
    return IntStream.range(0, looks.size())
        .mapToObj(i -> new LoopRow(i, looks.get(i).lags.snapshot(), looks.get(i).nanos))
        .toList();
  }
}
