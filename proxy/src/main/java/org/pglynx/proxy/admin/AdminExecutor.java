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

/** Turns commands into answers. */
final class AdminExecutor {
  private final AdminView view;
  private final String version;
  private final StatsWindow window;

  AdminExecutor(AdminView view, String version, StatsWindow window) {
    this.view = view;
    this.version = version;
    this.window = window;
  }

  Decision decide(AdminCommand command) {
    return switch (command) {
      case AdminCommand.Show show -> new Decision.Answer(show(show.topic()));
      case AdminCommand.ShowParameter parameter ->
          answer(single(Layout.<String>empty().text(parameter.name(), v -> v), parameter.value()));
      case AdminCommand.SelectNumber select ->
          new Decision.Answer(
              new ReportStatement<>(
                  single(Layout.<Integer>empty().number("?column?", v -> v), select.value()),
                  "SELECT 1"));
      case AdminCommand.Ban ban -> act("BAN", () -> view.ban(ban.host(), seconds(ban.seconds())));
      case AdminCommand.Unban unban -> act("UNBAN", () -> view.unban(unban.host()));
      case AdminCommand.Acknowledge acknowledge ->
          new Decision.Answer(new TagStatement(acknowledge.tag(), null));
      case AdminCommand.Refuse refuse -> new Decision.Refuse(refuse.error());
    };
  }

  private static Decision act(String tag, Supplier<CompletionStage<List<HostRow>>> what) {
    return new Decision.Answer(new ReportStatement<>(new BanReport(what), tag));
  }

  private long seconds(long named) {
    return named == 0 ? view.config().general().banSeconds() : named;
  }

  private LocalStatement show(ShowTopic topic) {
    return switch (topic) {
      case HELP -> new TagStatement("SHOW", help());
      case VERSION ->
          table(single(Layout.<String>empty().text("version", v -> v), "pglynx " + version));
      case POOLS -> table(new ShowPools(view));
      case CLIENTS -> table(new ShowClients(view, Clock.systemUTC()));
      case SERVERS -> table(new ShowServers(view, Clock.systemUTC()));
      case STATS -> table(new ShowStats(view, window, ShowStats.ALL));
      case STATS_TOTALS -> table(new ShowStats(view, window, ShowStats.TOTALS));
      case STATS_AVERAGES -> table(new ShowStats(view, window, ShowStats.AVERAGES));
      case PERCENTILES -> table(new ShowPercentiles(view, window));
      case DATABASES -> table(new ShowDatabases(view));
      case CONFIG -> table(new ShowConfig(view));
      case REPLICATION -> table(new ShowReplication(view));
      case BANS -> table(new ShowBans(view, Clock.systemUTC()));
      case MODELS -> table(new ShowModels(view));
      case ROUTING -> table(new ShowRouting(view));
      case TRAININGS -> table(new ShowTrainings(view));
      case PREDICTIONS -> table(new ShowPredictions(view));
      case LISTS -> table(new ShowLists(view));
      case USERS -> table(new ShowUsers(view));
      case PEERS -> table(new ShowPeers(view));
      case PEER_POOLS -> table(new ShowPeerPools(view));
    };
  }

  private static <R> Decision answer(Report<R> report) {
    return new Decision.Answer(table(report));
  }

  private static <R> LocalStatement table(Report<R> report) {
    return new ReportStatement<>(report, "SHOW");
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
