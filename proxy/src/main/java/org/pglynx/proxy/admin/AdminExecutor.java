package org.pglynx.proxy.admin;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Turns commands into answers. */
final class AdminExecutor {
  private final AdminView view;
  private final AdminActions actions;
  private final String version;
  private final StatsWindow window;
  private final boolean changes;

  AdminExecutor(
      AdminView view, AdminActions actions, String version, StatsWindow window, boolean changes) {
    this.view = view;
    this.actions = actions;
    this.version = version;
    this.window = window;
    this.changes = changes;
  }

  Decision decide(AdminCommand command) {
    return switch (command) {
      case AdminCommand.Show show -> shown(show);
      case AdminCommand.ShowParameter parameter ->
          answer(single(Layout.<String>empty().text(parameter.name(), v -> v), parameter.value()));
      case AdminCommand.SelectNumber select ->
          new Decision.Answer(
              new ReportStatement<>(
                  single(Layout.<Integer>empty().number("?column?", v -> v), select.value()),
                  Selection.ALL,
                  "SELECT 1"));
      case AdminCommand.Acknowledge acknowledge ->
          new Decision.Answer(new TagStatement(acknowledge.tag(), acknowledge.notice()));
      case AdminCommand.Action action ->
          changes ? new Decision.Answer(action(action)) : new Decision.Refuse(mayOnlyLook());
      case AdminCommand.Refuse refuse -> new Decision.Refuse(refuse.error());
    };
  }

  private static LocalStatement act(String tag, Supplier<CompletionStage<List<HostRow>>> what) {
    return new ReportStatement<>(new BanReport(what), Selection.ALL, tag);
  }

  private long seconds(long named) {
    return named == 0 ? view.config().general().banSeconds() : named;
  }

  private static PgError mayOnlyLook() {
    return PgError.error(
            SqlState.INSUFFICIENT_PRIVILEGE, "permission denied: this user may only look")
        .withHint("Commands that change something are for admin_username.");
  }

  private LocalStatement action(AdminCommand.Action command) {
    return switch (command) {
      case AdminCommand.Reload _ -> action("RELOAD", actions::reload);
      case AdminCommand.Set set -> action("SET", () -> actions.set(set.key(), set.value()));
      case AdminCommand.Pause pause -> action("PAUSE", () -> actions.pause(pause.target()));
      case AdminCommand.Resume resume -> action("RESUME", () -> actions.resume(resume.target()));
      case AdminCommand.Disable disable ->
          action("DISABLE", () -> actions.enable(disable.database(), false));
      case AdminCommand.Enable enable ->
          action("ENABLE", () -> actions.enable(enable.database(), true));
      case AdminCommand.Kill kill -> action("KILL", () -> actions.kill(kill.target()));
      case AdminCommand.KillClient kill ->
          action("KILL_CLIENT", () -> actions.killClient(kill.id()));
      case AdminCommand.Cancel cancel -> action("CANCEL", () -> actions.cancel(cancel.id()));
      case AdminCommand.Reconnect reconnect ->
          action("RECONNECT", () -> actions.reconnect(reconnect.target()));
      case AdminCommand.WaitClose wait ->
          action("WAIT_CLOSE", () -> actions.waitClose(wait.target()));
      case AdminCommand.Maintenance maintenance ->
          action("MAINTENANCE", () -> actions.maintenance(maintenance.on()));
      case AdminCommand.Ban ban -> act("BAN", () -> view.ban(ban.host(), seconds(ban.seconds())));
      case AdminCommand.Unban unban -> act("UNBAN", () -> view.unban(unban.host()));
      case AdminCommand.Drain drain -> act("DRAIN", () -> view.drain(drain.host()));
      case AdminCommand.Undrain undrain -> act("UNDRAIN", () -> view.undrain(undrain.host()));
      case AdminCommand.ResetStats _ -> action("RESET", this::resetStats);
      case AdminCommand.Shutdown shutdown ->
          action("SHUTDOWN", () -> actions.shutdown(shutdown.how()));
    };
  }

  private CompletionStage<List<PgError>> resetStats() {
    window.reset();
    view.forgetSlow();
    return CompletableFuture.completedFuture(List.of());
  }

  private static LocalStatement action(
      String tag, Supplier<CompletionStage<List<PgError>>> action) {
    return new ActionStatement(tag, action);
  }

  private Decision shown(AdminCommand.Show show) {
    if (show.topic() == ShowTopic.HELP) {
      return new Decision.Answer(new TagStatement("SHOW", help()));
    }
    try {
      return new Decision.Answer(selected(report(show.topic()), show.clause()));
    } catch (PgErrorException e) {
      return new Decision.Refuse(e.error());
    }
  }

  private static <R> LocalStatement selected(Report<R> report, Selection.Clause clause)
      throws PgErrorException {
    return new ReportStatement<>(report, clause.over(report.layout().columns()), "SHOW");
  }

  private Report<?> report(ShowTopic topic) {
    return switch (topic) {
      case HELP, VERSION ->
          single(Layout.<String>empty().text("version", v -> v), "pglynx " + version);
      case POOLS -> new ShowPools(view);
      case CLIENTS -> new ShowClients(view, Clock.systemUTC());
      case SERVERS -> new ShowServers(view, Clock.systemUTC());
      case STATS -> new ShowStats(view, window, ShowStats.ALL);
      case STATS_TOTALS -> new ShowStats(view, window, ShowStats.TOTALS);
      case STATS_AVERAGES -> new ShowStats(view, window, ShowStats.AVERAGES);
      case PERCENTILES -> new ShowPercentiles(view, window);
      case DATABASES -> new ShowDatabases(view);
      case CONFIG -> new ShowConfig(view);
      case REPLICATION -> new ShowReplication(view);
      case SHARDS -> new ShowShards(view);
      case BANS -> new ShowBans(view, Clock.systemUTC());
      case MODELS -> new ShowModels(view);
      case ROUTING -> new ShowRouting(view);
      case MIRRORS -> new ShowMirrors(view);
      case TRAININGS -> new ShowTrainings(view);
      case TRANSACTIONS -> new ShowTransactions(view);
      case PREDICTIONS -> new ShowPredictions(view);
      case LISTS -> new ShowLists(view);
      case USERS -> new ShowUsers(view);
      case STATE -> new ShowState(view);
      case POOLS_EXTENDED -> new ShowPoolsExtended(view, window);
      case SOCKETS -> new ShowSockets(view, Clock.systemUTC(), false);
      case ACTIVE_SOCKETS -> new ShowSockets(view, Clock.systemUTC(), true);
      case TOTALS -> new ShowTotals(view, window);
      case QUERIES -> new ShowQueries(view);
      case SLOW -> new ShowSlow(view);
      case PREPARED -> new ShowPrepared(view);
      case LISTENERS -> new ShowListeners(view);
      case TLS -> new ShowTls(view);
      case HBA -> new ShowHba(view);
      case MEM -> new ShowMem(view);
      case PEERS -> new ShowPeers(view);
      case PEER_POOLS -> new ShowPeerPools(view);
    };
  }

  private static <R> Decision answer(Report<R> report) {
    return new Decision.Answer(table(report));
  }

  private static <R> LocalStatement table(Report<R> report) {
    return new ReportStatement<>(report, Selection.ALL, "SHOW");
  }

  private static PgError help() {
    return PgError.notice(Severity.NOTICE, "Console usage").withDetail(ShowTopic.help());
  }

  private static <R> Report<R> single(Layout<R> layout, R row) {
    return new Report<>() {
      @Override
      public Layout<R> layout() {
        return layout;
      }

      @Override
      public CompletionStage<List<R>> rows() {
        return CompletableFuture.completedFuture(List.of(row));
      }
    };
  }
}
