package org.pglynx.proxy.telemetry;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TracesConfig;
import org.pglynx.proxy.session.TraceSink;
import org.pglynx.proxy.session.TracedStatement;

/**
 * Tells a collector the statements of traces. Without one there is no thread, and nothing of the
 * library is loaded. Event loops only put statements into a queue; texts are read, spans made and
 * sent on the {@link Export}'s own thread.
 */
public final class Traces implements TraceSink, AutoCloseable {
  private final LongAdder exported = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final String version;
  private TracesConfig config = TracesConfig.NONE;
  private volatile @Nullable Export export;

  /**
   * Tells nobody yet.
   *
   * @param version of the product
   */
  public Traces(String version) {
    this.version = version;
  }

  /** Somebody else is told from now on, or nobody. What waits is still told where it was to go. */
  public synchronized void become(TracesConfig changed) {
    if (changed.equals(config)) {
      return;
    }
    config = changed;
    Export before = export;
    export = changed.enabled() ? Export.start(changed, version, exported, failed, dropped) : null;
    if (before != null) {
      before.leave();
    }
  }

  @Override
  public boolean wanted() {
    return export != null;
  }

  @Override
  public void take(TracedStatement statement) {
    Export present = export;
    if (present != null) {
      present.take(statement);
    }
  }

  /** What has become of them. */
  public TraceCounts counts() {
    return new TraceCounts(exported.sum(), failed.sum(), dropped.sum());
  }

  /** Tells what waits, for as long as a stop may wait for a collector. */
  @Override
  public void close() {
    Export last;
    synchronized (this) {
      last = export;
      export = null;
      config = TracesConfig.NONE;
    }
    if (last != null) {
      last.close();
    }
  }
}
