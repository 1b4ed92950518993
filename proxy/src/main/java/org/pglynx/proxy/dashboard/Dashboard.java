package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.http.Routes;

/**
 * The dashboard of a process. It knows nothing by itself: what it shows and does it asks the proxy,
 * as the client that has logged in.
 */
public final class Dashboard implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pglynx-dashboard-", 0).factory());

  private final Sessions sessions;
  private final Api api;
  private final List<Endpoint> endpoints;

  /**
   * @param door leads into the proxy
   * @param consoles names of the admin databases
   * @param plaintext whether passwords may come in clear over a network
   * @param algorithms those that can be trained
   */
  public Dashboard(
      GuestDoor door,
      Set<String> consoles,
      BooleanSupplier plaintext,
      List<AlgorithmChoice> algorithms,
      NonceSource random) {
    this.sessions = new Sessions(random, System::nanoTime);
    this.api = new Api(new Call.Entrances(door, new LoginProof(random)), sessions, threads);
    List<Endpoint> all = new ArrayList<>();
    all.addAll(new LoginEndpoints(sessions, consoles, plaintext, System::nanoTime).all());
    all.addAll(new ClusterEndpoints().all());
    all.addAll(new ProjectEndpoints().all());
    all.addAll(new PredictionEndpoints().all());
    all.addAll(new TrainingEndpoints(algorithms).all());
    all.addAll(new RelationEndpoints().all());
    all.addAll(new AnalysisEndpoints().all());
    all.addAll(new StatementEndpoints().all());
    all.addAll(new UploadEndpoints().all());
    all.add(
        Endpoint.get(
            ApiDocument.PATH,
            "This document.",
            Endpoint.Access.ANYBODY,
            List.of(),
            call -> document()));
    this.endpoints = List.copyOf(all);
  }

  private JsonNode document() {
    return ApiDocument.of(endpoints);
  }

  /** Adds what it answers. */
  public void mount(Routes.Builder routes) {
    Page.mount(routes);
    endpoints.forEach(each -> routes.on(each.method(), each.path(), api.handler(each)));
  }

  @Override
  public void close() {
    sessions.close();
    threads.shutdownNow();
  }
}
