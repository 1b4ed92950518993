package org.pglynx.proxy.dashboard;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The files that somebody sends; those that nothing more is sent of end by themselves. */
final class Uploads {
  private static final int MOST_OPEN = 2;
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final List<Upload> uploads = new ArrayList<>();
  private final LongSupplier clock;
  private final Duration every;
  private int number;

  /** Those that have a place, and no table yet. */
  private int beginning;

  private boolean over;
  private boolean watched;

  Uploads() {
    this(System::nanoTime, EVERY);
  }

  /**
   * @param clock nanoseconds
   * @param every how often those are looked for that nothing has come of
   */
  Uploads(LongSupplier clock, Duration every) {
    this.clock = clock;
    this.every = every;
  }

  /** Begins one. */
  Upload begin(Call call, UploadPlan plan) throws FaultException, IOException {
    int next = next();
    try {
      Upload upload = Upload.begin(next, call, plan, clock);
      if (!keep(upload)) {
        upload.abort();
        throw Fault.of("57P01", "the session has ended").toException();
      }
      return upload;
    } finally {
      begun();
    }
  }

  private synchronized void begun() {
    beginning--;
  }

  private synchronized int next() throws FaultException {
    uploads.removeIf(each -> !each.open());
    if (uploads.size() + beginning >= MOST_OPEN) {
      throw Fault.of("53400", MOST_OPEN + " files of this session are being sent already")
          .withHint("Wait for one, or cancel one.")
          .toException();
    }
    beginning++;
    return ++number;
  }

  private synchronized boolean keep(Upload upload) {
    if (over) {
      return false;
    }
    uploads.add(upload);
    if (!watched) {
      watched = true;
      Thread.ofVirtual().name("pglynx-dashboard-uploads").start(this::watch);
    }
    return true;
  }

  /** Until none is left: a page that was closed tells nobody. */
  private void watch() {
    try {
      while (goesOn()) {
        Thread.sleep(every);
        open().forEach(each -> Thread.ofVirtual().start(each::abortIfIdle));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean goesOn() {
    uploads.removeIf(each -> !each.open());
    watched = !uploads.isEmpty();
    return watched;
  }

  private synchronized List<Upload> open() {
    return List.copyOf(uploads);
  }

  synchronized @Nullable Upload find(long wanted) {
    return uploads.stream().filter(each -> each.number() == wanted).findFirst().orElse(null);
  }

  /** Whoever began them is gone. */
  void abortAll() {
    synchronized (this) {
      over = true;
    }
    open().forEach(each -> Thread.ofVirtual().start(each::abort));
  }
}
