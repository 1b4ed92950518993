package org.pglynx.proxy.app;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.reload.Change;
import org.pglynx.proxy.reload.ReloadException;
import org.pglynx.proxy.reload.ReloadPlan;
import org.pglynx.proxy.reload.Reloader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up newer configurations on a thread of its own, since files are read and keys are checked:
 * when somebody asks for it, and with {@code autoreload} when the file has changed.
 */
final class Reloads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);
  private static final long IDLE_SECONDS = 30;

  private final Reloader reloader;
  private final ScheduledThreadPoolExecutor thread;
  private @Nullable Future<?> watch;
  private String lastFault = "";

  /** Looks at the file at once if the configuration in effect says so. */
  Reloads(Reloader reloader) {
    this.reloader = reloader;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("pglynx-reload-", 0).daemon().factory());
    // Somebody who never reloads has no thread for it.
    thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
    thread.setRemoveOnCancelPolicy(true);
    watchOn();
  }

  /** The configuration in effect. */
  ProxyConfig config() {
    return reloader.config();
  }

  /** Takes up the newest configuration; fails with a {@link ReloadException}. */
  CompletionStage<ReloadPlan> reload() {
    return begin(reloader::reload);
  }

  /** Sets a key until the next reload; fails with a {@link ReloadException}. */
  CompletionStage<ReloadPlan> set(String key, String value) {
    return begin(() -> reloader.set(key, value));
  }

  private interface Work {
    ReloadPlan run() throws ReloadException;
  }

  private CompletionStage<ReloadPlan> begin(Work work) {
    CompletableFuture<ReloadPlan> done = new CompletableFuture<>();
    thread.execute(() -> {
      try {
        ReloadPlan plan = work.run();
        lastFault = "";
        log(plan);
        watchOn();
        done.complete(plan);
      } catch (ReloadException e) {
        logFault(e);
        done.completeExceptionally(e);
      } catch (RuntimeException e) {
        LOG.error("the configuration was not reloaded, by a fault of the proxy", e);
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private static void log(ReloadPlan plan) {
    if (plan.isEmpty()) {
      LOG.info("reloaded: nothing has changed");
      return;
    }
    LOG.info("reloaded: changed={} pools: {}", plan.keys(), told(plan));
    if (!plan.needRestart().isEmpty()) {
      LOG.warn("only a restart brings into effect: {}", plan.needRestart());
    }
  }

  /** What happens to a pool; null for other changes. */
  static @Nullable String named(Change change) {
    return switch (change) {
      case Change.AddPool add -> "added " + add.database().name() + "/" + add.user().username();
      case Change.ChangePool changed ->
          "changed " + changed.database().name() + "/" + changed.user().username();
      case Change.RemovePool removed -> "removed " + removed.database() + "/" + removed.user();
      case Change.ChangeLimits _,
          Change.ChangeAutoPools _,
          Change.ChangeAccess _,
          Change.ChangeDoor _,
          Change.ChangeClientLimits _ ->
          null;
    };
  }

  private static void logFault(ReloadException e) {
    LOG.error("not reloaded, the former configuration stays in effect: {}", e.getMessage());
  }

  // ---- the file is watched ---------------------------------------------------------------------

  private void watchOn() {
    Future<?> before = watch;
    if (before != null) {
      before.cancel(false);
    }
    long millis = reloader.config().general().autoreloadMillis();
    watch = millis == 0 ? null : thread.schedule(this::look, millis, TimeUnit.MILLISECONDS);
  }

  /** Quiet while nothing changes, and about a fault that has been told already. */
  private void look() {
    try {
      ReloadPlan plan = reloader.reloadIfChanged();
      if (plan != null) {
        log(plan);
      }
      lastFault = "";
    } catch (ReloadException e) {
      String fault = String.join("\n", e.faults());
      if (!fault.equals(lastFault)) {
        logFault(e);
      }
      lastFault = fault;
    } catch (RuntimeException e) {
      LOG.error("the configuration could not be looked at", e);
    }
    watchOn();
  }

  /** What has been done, for people. */
  static List<String> told(ReloadPlan plan) {
    return plan.changes().stream()
        .filter(change -> named(change) != null)
        .map(change -> String.valueOf(named(change)))
        .toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
