package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.MetricsPage;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.HttpServer;
import org.pglynx.proxy.http.Method;
import org.pglynx.proxy.http.Request;
import org.pglynx.proxy.http.Routes;
import org.pglynx.proxy.stats.ExpositionFormat;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the process shows over HTTP. It stays until the end: whoever asks is told that it stops. */
final class HttpPages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpPages.class);
  private static final long PATIENCE_MILLIS = 2_000;
  private static final int IDLE_SECONDS = 30;

  private final HttpServer server;
  private final ThreadPoolExecutor thread;
  private final Board board;

  private HttpPages(HttpServer server, ThreadPoolExecutor thread, Board board) {
    this.server = server;
    this.board = board;
    this.thread = thread;
  }

  /**
   * Binds and serves.
   *
   * @throws org.pglynx.proxy.http.HttpUnavailableException if the address cannot be bound
   */
  static HttpPages open(
      Transport transport,
      GeneralConfig general,
      AdminDatabases admin,
      Board board,
      Supplier<@Nullable TlsAcceptor> tls) {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("pglynx-http-", 0).daemon().factory());
    thread.allowCoreThreadTimeOut(true);
    String host =
        general.http().host().isEmpty() ? general.hosts().getFirst() : general.http().host();
    InetSocketAddress address = new InetSocketAddress(host, general.http().port());
    HttpServer server =
        HttpServer.bind(transport, address, routes(transport, admin, thread, board), tls);
    LOG.info("HTTP on {}:{}: /metrics, /healthz, /readyz, the dashboard", host, server.port());
    return new HttpPages(server, thread, board);
  }

  private static Routes routes(
      Transport transport, AdminDatabases admin, ThreadPoolExecutor thread, Board board) {
    List<EventLoop> loops = transport.loopList();
    LoopLag lag = LoopLag.of(loops);
    MetricsPage metrics = admin.metrics(lag::rows, thread);
    Health health = new Health(loops, admin::state, PATIENCE_MILLIS);
    Routes.Builder routes = Routes.builder();
    board.dashboard().mount(routes);
    return routes
        .on(Method.GET, "/metrics", request -> page(metrics, request))
        .on(Method.GET, "/healthz", request -> health.healthy())
        .on(Method.GET, "/readyz", request -> health.ready())
        .build();
  }

  /** A proxy or a cache between is told what the choice hung on. */
  private static CompletionStage<Answer> page(MetricsPage metrics, Request request) {
    ExpositionFormat format = ExpositionFormat.accepted(request.header("accept"));
    return metrics
        .now(format)
        .thenApply(text -> Answer.of(200, format.contentType(), text).with("Vary", "Accept"));
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
    board.close();
    thread.shutdownNow();
  }
}
