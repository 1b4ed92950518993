package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** Notes what it is asked to do. */
final class FakeActions implements AdminActions {
  final List<String> done = new ArrayList<>();
  final List<PgError> notices = new ArrayList<>();
  @Nullable PgError refusal;

  private CompletionStage<List<PgError>> did(String what) {
    done.add(what);
    PgError why = refusal;
    return why == null
        ? CompletableFuture.completedFuture(List.copyOf(notices))
        : CompletableFuture.failedFuture(why.toException());
  }

  @Override
  public CompletionStage<List<PgError>> reload() {
    return did("reload");
  }

  @Override
  public CompletionStage<List<PgError>> set(String key, String value) {
    return did("set " + key + " to " + value);
  }

  @Override
  public CompletionStage<List<PgError>> pause(AdminTarget target) {
    return did("pause " + target);
  }

  @Override
  public CompletionStage<List<PgError>> resume(AdminTarget target) {
    return did("resume " + target);
  }

  @Override
  public CompletionStage<List<PgError>> enable(String database, boolean on) {
    return did((on ? "enable " : "disable ") + database);
  }

  @Override
  public CompletionStage<List<PgError>> kill(AdminTarget target) {
    return did("kill " + target);
  }

  @Override
  public CompletionStage<List<PgError>> killClient(int id) {
    return did("kill client " + id);
  }

  @Override
  public CompletionStage<List<PgError>> cancel(int id) {
    return did("cancel " + id);
  }

  @Override
  public CompletionStage<List<PgError>> reconnect(AdminTarget target) {
    return did("reconnect " + target);
  }

  @Override
  public CompletionStage<List<PgError>> waitClose(AdminTarget target) {
    return did("wait for " + target);
  }

  @Override
  public CompletionStage<List<PgError>> maintenance(boolean on) {
    return did("maintenance " + on);
  }

  @Override
  public CompletionStage<List<PgError>> shutdown(StopHow how) {
    return did("shutdown " + how);
  }
}
