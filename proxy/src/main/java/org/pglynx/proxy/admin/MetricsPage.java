package org.pglynx.proxy.admin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pglynx.proxy.stats.Exposition;
import org.pglynx.proxy.stats.ExpositionFormat;

/**
 * What the console's tables show, for Prometheus: pgcat's names as far as there is something behind
 * them, and ours in seconds and bytes. It is made when it is asked for, on a thread of its own: of
 * a thousand pools that takes longer than an event loop has.
 */
public final class MetricsPage {
  static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AdminView view;
  private final Supplier<List<LoopRow>> loops;
  private final PoolMetrics pools;
  private final String version;
  private final Executor thread;

  /**
   * A page.
   *
   * @param window averages as the console shows them
   * @param loops how late event loops are
   * @param thread makes the page
   */
  public MetricsPage(
      AdminView view,
      StatsWindow window,
      Supplier<List<LoopRow>> loops,
      String version,
      Executor thread) {
    this.view = view;
    this.loops = loops;
    this.pools = new PoolMetrics(window);
    this.version = version;
    this.thread = thread;
  }

  /** The text now. */
  public CompletionStage<String> now(ExpositionFormat format) {
    return CompletableFuture.supplyAsync(this::states, thread)
        .thenCompose(states -> states)
        .thenCombineAsync(
            view.hosts(), (states, hosts) -> page(states, hosts).text(format), thread);
  }

  private CompletionStage<List<PoolState>> states() {
    return PoolState.withServers(view);
  }

  private Exposition page(List<PoolState> states, List<HostRow> hosts) {
    Exposition out = new Exposition();
    process(out);
    states.forEach(pool -> pools.write(out, pool));
    hosts.forEach(host -> host(out, host));
    view.routing().forEach(row -> routing(out, row));
    MlMetrics.write(out, view);
    RuntimeMetrics.write(out);
    return out;
  }

  private void process(Exposition out) {
    out.gauge("pglynx_build_info", "The version.", Map.of("version", version), 1);
    out.gauge("pglynx_clients", "Clients that are logged in.", Map.of(), view.clients().size());
    out.gauge("pglynx_login_clients", "Clients that log in.", Map.of(), view.loginClients());
    out.gauge("pglynx_login_bytes", "Memory of clients that log in.", Map.of(), view.loginBytes());
    out.counter(
        "pglynx_query_log_dropped_total",
        "Statements that came too fast for query_logger to log them.",
        Map.of(),
        view.unloggedQueries());
    StateRow state = view.state();
    out.gauge("pglynx_paused", "Whether everything is paused.", Map.of(), one(state.paused()));
    out.gauge(
        "pglynx_maintenance", "Whether it is in maintenance.", Map.of(), one(state.maintenance()));
    out.gauge("pglynx_stopping", "Whether the proxy stops.", Map.of(), one(state.stopping()));
    told(out, view.told());
    for (MemoryRow memory : view.memory()) {
      Map<String, String> kind = Map.of("kind", memory.name());
      out.gauge("pglynx_memory_used_bytes", "Memory in use.", kind, memory.used());
      out.gauge("pglynx_memory_taken_bytes", "Memory taken.", kind, memory.taken());
    }
    for (LoopRow loop : loops.get()) {
      out.histogram(
          "pglynx_event_loop_lag_seconds",
          "How late an event loop came to what was due, looked at four times a second.",
          Map.of("loop", String.valueOf(loop.number())),
          loop.lags(),
          loop.nanos());
    }
  }

  private static void told(Exposition out, ToldRow told) {
    String name = "pglynx_trace_spans_total";
    String help = "Spans of statements that name their trace.";
    out.counter(name, help, Map.of("outcome", "exported"), told.spans());
    out.counter(name, help, Map.of("outcome", "failed"), told.failedSpans());
    out.counter(name, help, Map.of("outcome", "dropped"), told.droppedSpans());
    out.counter(
        "pglynx_log_lines_dropped_total",
        "Lines of the log that came faster than they could be written.",
        Map.of(),
        told.droppedLines());
  }

  static int one(boolean yes) {
    return yes ? 1 : 0;
  }

  private static void host(Exposition out, HostRow host) {
    Map<String, String> labels =
        Labels.of(
            "pool", host.database(),
            "host", host.server().host(),
            "port", String.valueOf(host.server().port()));
    out.gauge(
        "pglynx_server_banned",
        "Whether it takes no sessions because it failed.",
        labels,
        one(host.ban() != null));
    out.gauge(
        "pglynx_server_draining",
        "Whether it takes no sessions because an operator has said DRAIN.",
        labels,
        one(host.state().equals("draining")));
    out.gauge(
        "pglynx_server_up", "Whether it is healthy.", labels, one(host.state().equals("healthy")));
    out.gauge(
        "pglynx_server_primary",
        "Whether it is the primary.",
        labels,
        one(host.role().equals("primary")));
    out.counter(
        "pglynx_server_assignments_total", "How often a session got it.", labels, host.given());
    out.gauge(
        "pglynx_replica_lag_seconds",
        "How long ago the primary was where the replica is.",
        labels,
        host.lagNanos() / NANOS_A_SECOND);
    out.gauge(
        "pglynx_replica_lag_bytes",
        "How much of the log the replica has yet to replay.",
        labels,
        host.lagBytes());
  }

  private static void routing(Exposition out, RoutingRow row) {
    String name = "pglynx_routed_total";
    String help = "Where statements of databases with several servers went.";
    out.counter(name, help, Labels.of("pool", row.database(), "to", "replica"), row.replica());
    out.counter(name, help, Labels.of("pool", row.database(), "to", "primary"), row.primary());
    Map<String, String> pool = Labels.of("pool", row.database());
    out.counter(
        "pglynx_routing_retries_total",
        "Statements that a replica refused and the primary did.",
        pool,
        row.retried());
    out.counter(
        "pglynx_routing_plan_hits_total",
        "Texts of statements that were known.",
        pool,
        row.planHits());
    out.counter(
        "pglynx_routing_plan_misses_total",
        "Texts of statements that had to be read.",
        pool,
        row.planMisses());
    out.counter(
        "pglynx_routing_parse_failures_total",
        "Texts that could not be read, and went to the primary.",
        pool,
        row.parseFailures());
  }
}
