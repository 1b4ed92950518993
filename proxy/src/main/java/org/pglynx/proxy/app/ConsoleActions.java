package org.pglynx.proxy.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.AdminActions;
import org.pglynx.proxy.admin.AdminTarget;
import org.pglynx.proxy.admin.StopHow;
import org.pglynx.proxy.reload.ReloadException;
import org.pglynx.proxy.reload.ReloadPlan;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Does to the process what the console is asked for. */
final class ConsoleActions implements AdminActions {
  private static final long LOOK_MILLIS = 20;

  private final Assembly assembly;
  private final SessionRegistry registry;
  private final ScheduledExecutorService loop;
  private volatile @Nullable Reloads reloads;
  private volatile Consumer<StopHow> stop = how -> {};

  ConsoleActions(Assembly assembly, SessionRegistry registry, ScheduledExecutorService loop) {
    this.assembly = assembly;
    this.registry = registry;
    this.loop = loop;
  }

  /** The console is open before all of the process is there. */
  void ready(Reloads present, Consumer<StopHow> stops) {
    reloads = present;
    stop = stops;
  }

  private static CompletionStage<List<PgError>> done() {
    return CompletableFuture.completedFuture(List.of());
  }

  private static CompletionStage<List<PgError>> refused(SqlState state, String message) {
    return CompletableFuture.failedFuture(PgError.error(state, message).toException());
  }

  // ---- the configuration -----------------------------------------------------------------------

  @Override
  public CompletionStage<List<PgError>> reload() {
    Reloads present = reloads;
    return present == null ? starting() : told(present.reload());
  }

  @Override
  public CompletionStage<List<PgError>> set(String key, String value) {
    Reloads present = reloads;
    return present == null ? starting() : told(present.set("general." + key, value));
  }

  private static CompletionStage<List<PgError>> starting() {
    return refused(SqlState.CANNOT_CONNECT_NOW, "the proxy is starting up");
  }

  private static CompletionStage<List<PgError>> told(CompletionStage<ReloadPlan> done) {
    CompletableFuture<List<PgError>> answer = new CompletableFuture<>();
    done.whenComplete((plan, failure) -> {
      if (failure == null) {
        answer.complete(notices(plan));
      } else {
        answer.completeExceptionally(error(failure));
      }
    });
    return answer;
  }

  private static List<PgError> notices(ReloadPlan plan) {
    List<PgError> notices = new ArrayList<>();
    if (plan.isEmpty()) {
      notices.add(PgError.notice(Severity.NOTICE, "the configuration has not changed"));
    } else if (!plan.changes().isEmpty() || !plan.keys().isEmpty()) {
      List<String> pools = Reloads.told(plan);
      notices.add(
          PgError.notice(
                  Severity.NOTICE,
                  "the configuration has changed: "
                      + (plan.keys().isEmpty()
                          ? "secrets, rules or pools"
                          : String.join(", ", plan.keys())))
              .withDetail(pools.isEmpty() ? null : "Pools: " + String.join(", ", pools) + "."));
    }
    if (!plan.needRestart().isEmpty()) {
      notices.add(
          PgError.notice(
              Severity.WARNING,
              "only a restart brings into effect: " + String.join(", ", plan.needRestart())));
    }
    return notices;
  }

  private static Throwable error(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    return cause instanceof ReloadException refused
        ? PgError.error(
                SqlState.CONFIG_FILE_ERROR,
                "the configuration cannot be taken, the former one stays in effect")
            .withDetail(String.join("\n", refused.faults()))
            .toException()
        : cause;
  }

  // ---- pools -----------------------------------------------------------------------------------

  private List<ServerPool> pools(AdminTarget target) throws PgErrorException {
    List<ServerPool> found =
        assembly.pools().stream()
            .filter(pool -> target.covers(pool.database().name(), pool.user().username()))
            .toList();
    if (found.isEmpty() && !target.equals(AdminTarget.ALL)) {
      throw PgError.error(SqlState.UNKNOWN_DATABASE, "there is no pool of \"" + target + "\"")
          .withHint("SHOW POOLS names them all.")
          .toException();
    }
    return found;
  }

  private interface OnPools {
    CompletionStage<List<PgError>> on(List<ServerPool> pools);
  }

  private CompletionStage<List<PgError>> with(AdminTarget target, OnPools action) {
    try {
      return action.on(pools(target));
    } catch (PgErrorException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletionStage<List<PgError>> pause(AdminTarget target) {
    return with(
        target,
        pools -> {
          assembly.pauses().pause(target);
          pools.forEach(ServerPool::pause);
          return when(() -> pools.stream().noneMatch(pool -> pool.paused() && pool.connected()));
        });
  }

  @Override
  public CompletionStage<List<PgError>> resume(AdminTarget target) {
    return with(
        target,
        pools -> {
          assembly.pauses().resume(target);
          pools.forEach(ServerPool::resume);
          return done();
        });
  }

  @Override
  public CompletionStage<List<PgError>> enable(String database, boolean on) {
    if (!assembly.knows(database)) {
      return refused(
          SqlState.UNKNOWN_DATABASE, "there is no database \"" + database + "\" in [pools]");
    }
    assembly.enable(database, on);
    return done();
  }

  @Override
  public CompletionStage<List<PgError>> kill(AdminTarget target) {
    return with(
        target,
        pools -> {
          assembly.pauses().pause(target);
          for (ServerPool pool : pools) {
            pool.pause();
            registry.end(pool.profile().occupancy());
          }
          return done();
        });
  }

  @Override
  public CompletionStage<List<PgError>> reconnect(AdminTarget target) {
    return with(
        target,
        pools -> {
          pools.forEach(ServerPool::reconnect);
          return done();
        });
  }

  @Override
  public CompletionStage<List<PgError>> waitClose(AdminTarget target) {
    return with(target, pools -> when(() -> pools.stream().noneMatch(ServerPool::renewing)));
  }

  @Override
  public CompletionStage<List<PgError>> maintenance(boolean on) {
    assembly.pauses().maintenance(on);
    return on ? pause(AdminTarget.ALL) : resume(AdminTarget.ALL);
  }

  /** Looks now and then whether it holds. */
  private CompletionStage<List<PgError>> when(BooleanSupplier holds) {
    CompletableFuture<List<PgError>> done = new CompletableFuture<>();
    look(holds, done);
    return done;
  }

  private void look(BooleanSupplier holds, CompletableFuture<List<PgError>> done) {
    if (holds.getAsBoolean()) {
      done.complete(List.of());
    } else {
      Future<?> _ = loop.schedule(() -> look(holds, done), LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  // ---- clients, and the process ----------------------------------------------------------------

  @Override
  public CompletionStage<List<PgError>> killClient(int id) {
    return registry.end(id) ? done() : noClient(id);
  }

  @Override
  public CompletionStage<List<PgError>> cancel(int id) {
    CompletionStage<Void> taken = registry.cancel(id);
    return taken == null ? noClient(id) : taken.thenApply(any -> List.of());
  }

  private static CompletionStage<List<PgError>> noClient(int id) {
    return refused(
        SqlState.UNDEFINED_OBJECT, "there is no client " + id + "; SHOW CLIENTS has the ids");
  }

  @Override
  public CompletionStage<List<PgError>> shutdown(StopHow how) {
    stop.accept(how);
    return done();
  }
}
