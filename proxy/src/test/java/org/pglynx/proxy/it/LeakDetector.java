package org.pglynx.proxy.it;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Netty's leak detector that remembers what it reports, so that {@link NoLeaks} can fail the build,
 * and whether there is anything that could be lost: only then is the collector worth its time.
 * Installed by the system property {@code io.netty.customResourceLeakDetector}.
 */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
  private static final ConcurrentLinkedQueue<String> REPORTS = new ConcurrentLinkedQueue<>();

  /** How many of those tracked are neither released nor reported. */
  private static final AtomicLong OPEN = new AtomicLong();

  /** The constructor that Netty's factory calls. */
  @SuppressWarnings("deprecation")
  public LeakDetector(Class<?> resourceType, int samplingInterval) {
    super(resourceType, samplingInterval);
  }

  /** The older constructor that Netty's factory looks for. */
  @SuppressWarnings("deprecation")
  public LeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
    super(resourceType, samplingInterval, maxActive);
  }

  @Override
  public @Nullable ResourceLeakTracker<T> track(T tracked) {
    ResourceLeakTracker<T> tracker = super.track(tracked);
    return tracker == null ? null : new Counted<>(tracker);
  }

  @Override
  public ResourceLeakTracker<T> trackForcibly(T tracked) {
    return new Counted<>(super.trackForcibly(tracked));
  }

  /** Always, however little is logged: else what is lost would be forgotten. */
  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    super.reportTracedLeak(resourceType, records);
    OPEN.decrementAndGet();
    REPORTS.add(resourceType + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    super.reportUntracedLeak(resourceType);
    OPEN.decrementAndGet();
    REPORTS.add(resourceType);
  }

  /**
   * How many of those that were tracked, at any time, have not been released: each is lost, or will
   * be unless somebody releases it yet.
   */
  static long open() {
    return OPEN.get();
  }

  /** Takes all reports so far. */
  static List<String> takeReports() {
    List<String> taken = new ArrayList<>();
    String report = REPORTS.poll();
    while (report != null) {
      taken.add(report);
      report = REPORTS.poll();
    }
    return taken;
  }

  /** Netty's tracker, whose end is counted. */
  private static final class Counted<T> implements ResourceLeakTracker<T> {
    private final ResourceLeakTracker<T> tracker;

    Counted(ResourceLeakTracker<T> tracker) {
      this.tracker = tracker;
      OPEN.incrementAndGet();
    }

    @Override
    public void record() {
      tracker.record();
    }

    @Override
    public void record(Object hint) {
      tracker.record(hint);
    }

    @Override
    public boolean close(T tracked) {
      boolean closed = tracker.close(tracked);
      if (closed) {
        OPEN.decrementAndGet();
      }
      return closed;
    }

    @Override
    public @Nullable Throwable getCloseStackTraceIfAny() {
      return tracker.getCloseStackTraceIfAny();
    }
  }
}
