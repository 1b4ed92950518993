package org.pglynx.proxy.it;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's leak detector that remembers what it reports, so that {@link NoLeaks} can fail the build.
 * Installed by the system property {@code io.netty.customResourceLeakDetector}.
 */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
  private static final ConcurrentLinkedQueue<String> REPORTS = new ConcurrentLinkedQueue<>();

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
  protected void reportTracedLeak(String resourceType, String records) {
    super.reportTracedLeak(resourceType, records);
    REPORTS.add(resourceType + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    super.reportUntracedLeak(resourceType);
    REPORTS.add(resourceType);
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
}
