package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Endpoint.Lane;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.Method;
import org.pglynx.proxy.http.Request;

class ApiTest {
  private final NonceSource nonces = NonceSource.secure();
  private final Sessions sessions = new Sessions(nonces, System::nanoTime);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Api api =
      new Api(
          new Call.Entrances(
              guest -> {
                throw new IOException("closed");
              },
              new LoginProof(nonces)),
          sessions,
          threads);

  @AfterEach
  void end() {
    end.countDown();
    threads.shutdownNow();
  }

  private CompletableFuture<Answer> ask(Endpoint endpoint) {
    Request request =
        new Request(
            Method.GET,
            endpoint.path(),
            Map.of(),
            Map.of(),
            new byte[0],
            new InetSocketAddress("127.0.0.1", 5000),
            false);
    return api.handler(endpoint).answer(request).toCompletableFuture();
  }

  private Endpoint slow() {
    return Endpoint.get(
        "/slow",
        "Waits.",
        Access.ANYBODY,
        List.of(),
        call -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return Json.object();
        });
  }

  private static Endpoint quick() {
    return Endpoint.get("/quick", "Is there.", Access.ANYBODY, List.of(), call -> Json.object());
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void a_full_lane_keeps_nobody_of_another_one_out(Lane full) throws Exception {
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    for (int i = 0; i < full.places(); i++) {
      waiting.add(ask(slow().in(full)));
    }

    Answer refused = ask(quick().in(full)).get(20, TimeUnit.SECONDS);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains(full.refusal());
    for (Lane lane : Lane.values()) {
      if (lane != full) {
        assertThat(ask(quick().in(lane)).get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
    }
    end.countDown();
    for (CompletableFuture<Answer> each : waiting) {
      assertThat(each.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
    }
    assertThat(ask(quick().in(full)).get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  private static Lane lane(String path, List<Endpoint> endpoints) {
    return endpoints.stream()
        .filter(each -> each.path().equals(path))
        .findFirst()
        .orElseThrow()
        .lane();
  }

  @Test
  void statements_that_are_typed_have_a_lane_and_what_ends_them_has_another() {
    List<Endpoint> statements = new StatementEndpoints().all();
    List<Endpoint> login =
        new LoginEndpoints(sessions, Set.of("pglynx"), () -> true, System::nanoTime).all();

    assertThat(lane("/api/sql", statements)).isEqualTo(Lane.STATEMENTS);
    assertThat(
            Stream.of(
                lane("/api/sql/cancel", statements),
                lane("/api/training/cancel", new TrainingEndpoints(List.of()).all()),
                lane("/api/logout", login)))
        .containsOnly(Lane.ENDINGS);
  }
}
