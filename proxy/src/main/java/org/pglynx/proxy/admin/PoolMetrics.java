package org.pglynx.proxy.admin;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.stats.Exposition;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters.Totals;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.stats.Uses;
import org.pglynx.proxy.stats.Widths;

/**
 * The metrics of a database and user. Two things differ from pgcat: counters only grow, where
 * pgcat's sink when a server connection ends, and what pgcat counts for each server is counted for
 * the pool, so that it has the labels of the pool's first server.
 */
final class PoolMetrics {
  private final StatsWindow window;

  PoolMetrics(StatsWindow window) {
    this.window = window;
  }

  void write(Exposition out, PoolState pool) {
    Map<String, String> labels = Labels.of("pool", pool.database(), "user", pool.user());
    own(out, pool, labels);
    pgcatPool(out, pool, labels);
    pgcatStats(out, pool);
    pool.each().forEach(each -> server(out, pool, each));
  }

  private static void own(Exposition out, PoolState pool, Map<String, String> labels) {
    Totals totals = pool.pool().totals().get();
    Latencies took = pool.pool().latencies().get();
    out.counter("pglynx_errors_total", "Errors of the proxy's own.", labels, totals.errors());
    out.counter(
        "pglynx_server_gets_total", "How often a session got a server.", labels, totals.waits());
    out.gauge("pglynx_pool_size", "The most connections.", labels, pool.pool().user().poolSize());
    out.gauge(
        "pglynx_pool_paused",
        "Whether it is paused.",
        labels,
        MetricsPage.one(pool.pool().paused()));
    out.gauge("pglynx_clients_pinned", "Clients that keep their server.", labels, pool.pinned());
    prepared(out, pool, labels);
    widths(out, pool.pool().widths().get(), labels);
    out.histogram(
        "pglynx_wait_seconds",
        "How long sessions waited for a server connection.",
        labels,
        took.waits(),
        totals.waitNanos());
    out.histogram(
        "pglynx_query_seconds",
        "How long statements took.",
        labels,
        took.queries(),
        totals.queryNanos());
    out.histogram(
        "pglynx_transaction_seconds",
        "How long transactions took.",
        labels,
        took.transactions(),
        totals.transactionNanos());
  }

  private static void prepared(Exposition out, PoolState pool, Map<String, String> labels) {
    ServerWork.Prepared asked = pool.servers().work().prepared();
    out.counter(
        "pglynx_prepared_hits_total",
        "Prepared statements that the server connection knew.",
        labels,
        asked.hits());
    out.counter(
        "pglynx_prepared_misses_total",
        "Prepared statements that it was told first.",
        labels,
        asked.misses());
    out.counter(
        "pglynx_prepared_evictions_total",
        "Prepared statements that made room for others.",
        labels,
        asked.evictions());
    out.gauge(
        "pglynx_prepared_statements",
        "Prepared statements that server connections know.",
        labels,
        pool.servers().servers().stream().mapToLong(PoolSnapshot.ServerView::prepared).sum());
    Uses uses = pool.pool().totals().get().uses();
    out.counter(
        "pglynx_client_parses_total", "Statements prepared by name.", labels, uses.clientParses());
    out.counter("pglynx_binds_total", "Bind messages.", labels, uses.binds());
    out.counter("pglynx_client_logins_total", "Logins of clients.", labels, uses.logins());
  }

  private static void widths(Exposition out, Widths widths, Map<String, String> labels) {
    if (widths.count() > 0) {
      out.histogram(
          "pglynx_scatter_shards",
          "How many shards a statement of a sharded database went to.",
          labels,
          Widths.BOUNDS,
          widths.counts(),
          widths.sum());
    }
  }

  private static void pgcatPool(Exposition out, PoolState pool, Map<String, String> labels) {
    long waited = pool.servers().oldestWaitNanos();
    gauge(out, "pools_maxwait", "Whole seconds of the longest wait", labels, Times.seconds(waited));
    gauge(
        out,
        "pools_maxwait_us",
        "Microseconds of the longest wait beyond them",
        labels,
        Times.microsOfSecond(waited));
    gauge(out, "pools_cl_waiting", "Clients that wait", labels, pool.clients("waiting"));
    gauge(out, "pools_cl_active", "Clients at work", labels, pool.clients("active"));
    gauge(out, "pools_cl_idle", "Clients that are idle", labels, pool.clients("idle"));
    gauge(
        out,
        "pools_sv_idle",
        "Server connections that are idle",
        labels,
        pool.servers("idle") + pool.servers("used"));
    gauge(out, "pools_sv_active", "Server connections at work", labels, pool.servers("active"));
    gauge(
        out,
        "pools_sv_login",
        "Server connections that log in",
        labels,
        pool.servers().connecting());
    gauge(out, "pools_sv_tested", "Server connections being reset", labels, pool.servers("tested"));
  }

  private void pgcatStats(Exposition out, PoolState pool) {
    ShardConfig shard = pool.pool().database().shards().values().iterator().next();
    Map<String, String> labels = labels(pool, shard.number(), 0, shard.primary(), shard.database());
    Totals totals = pool.pool().totals().get();
    counter(out, "stats_total_query_count", "Statements", labels, totals.queries());
    counter(
        out,
        "stats_total_query_time",
        "Milliseconds that statements took",
        labels,
        TimeUnit.NANOSECONDS.toMillis(totals.queryNanos()));
    counter(out, "stats_total_received", "Bytes from clients", labels, totals.clientBytes());
    counter(out, "stats_total_sent", "Bytes to clients", labels, totals.serverBytes());
    counter(out, "stats_total_xact_count", "Transactions", labels, totals.transactions());
    counter(
        out,
        "stats_total_xact_time",
        "Microseconds that transactions took",
        labels,
        Times.micros(totals.transactionNanos()));
    counter(
        out,
        "stats_total_wait_time",
        "Microseconds that clients waited",
        labels,
        Times.micros(totals.waitNanos()));
    averages(out, labels, window.rates(pool.database()));
  }

  private static void averages(Exposition out, Map<String, String> labels, Rates rates) {
    String help = "Of the database, over the last 15 seconds";
    gauge(out, "stats_avg_query_count", help, labels, rates.perSecond(Totals::queries));
    gauge(
        out,
        "stats_avg_query_time",
        help,
        labels,
        rates.microsPer(Totals::queryNanos, Totals::queries) / 1000);
    gauge(out, "stats_avg_xact_count", help, labels, rates.perSecond(Totals::transactions));
    gauge(
        out,
        "stats_avg_xact_time",
        help,
        labels,
        rates.microsPer(Totals::transactionNanos, Totals::transactions));
    gauge(out, "stats_avg_recv", help, labels, rates.perSecond(Totals::clientBytes));
    gauge(out, "stats_avg_sent", help, labels, rates.perSecond(Totals::serverBytes));
    gauge(out, "stats_avg_errors", help, labels, rates.perSecond(Totals::errors));
    gauge(
        out,
        "stats_avg_wait_time",
        help,
        labels,
        rates.perSecond(counted -> Times.micros(counted.waitNanos())));
  }

  private static void server(Exposition out, PoolState pool, PoolState.Server each) {
    ServerState state = each.state();
    Map<String, String> labels =
        labels(pool, state.shard(), state.index(), state.server(), state.database());
    long idle = each.snapshot().count("idle") + each.snapshot().count("used");
    gauge(out, "servers_idle_count", "Connections that are idle", labels, idle);
    gauge(
        out,
        "servers_active_count",
        "Connections at work",
        labels,
        each.snapshot().count("active"));
    gauge(
        out,
        "servers_tested_count",
        "Connections being reset",
        labels,
        each.snapshot().count("tested"));
    gauge(
        out,
        "servers_login_count",
        "Connections that log in",
        labels,
        each.snapshot().connecting());
    ServerWork work = each.snapshot().work();
    counter(out, "servers_bytes_sent", "Bytes to the server", labels, work.sent());
    counter(out, "servers_bytes_received", "Bytes from the server", labels, work.received());
    counter(out, "servers_transaction_count", "Transactions ended", labels, work.transactions());
    counter(out, "servers_query_count", "Statements of clients", labels, work.statements());
    gauge(
        out,
        "servers_is_paused",
        "Whether the pool is paused",
        labels,
        MetricsPage.one(pool.pool().paused()));
    gauge(
        out,
        "servers_is_banned",
        "Whether it takes no sessions because it failed",
        labels,
        MetricsPage.one(each.banned()));
    gauge(
        out,
        "databases_pool_size",
        "The most server connections",
        labels,
        pool.pool().user().poolSize());
    gauge(
        out,
        "databases_current_connections",
        "Server connections",
        labels,
        (long) each.snapshot().servers().size() + each.snapshot().connecting());
  }

  /** pgcat's. */
  private static Map<String, String> labels(
      PoolState pool, int shard, int index, ServerConfig server, String database) {
    return Labels.of(
        "host", server.host(),
        "shard", String.valueOf(shard),
        "role", server.kind().configName(),
        "pool", pool.database(),
        "index", String.valueOf(index),
        "database", database,
        "username", pool.user());
  }

  private static void gauge(
      Exposition out, String name, String help, Map<String, String> labels, long value) {
    out.gauge("pgcat_" + name, help + ".", labels, value);
  }

  private static void counter(
      Exposition out, String name, String help, Map<String, String> labels, long value) {
    out.counter("pgcat_" + name, help + ".", labels, value);
  }
}
