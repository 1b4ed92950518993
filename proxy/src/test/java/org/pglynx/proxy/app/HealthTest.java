package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.admin.StateRow;
import org.pglynx.proxy.http.Answer;

class HealthTest {
  private final List<EventLoop> loops = List.of(new DefaultEventLoop(), new DefaultEventLoop());
  private final CountDownLatch stuck = new CountDownLatch(1);
  private StateRow state = new StateRow(false, false, false);

  @AfterEach
  void stop() {
    stuck.countDown();
    loops.forEach(loop -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
  }

  private Health health(long patienceMillis) {
    return new Health(loops, () -> state, patienceMillis);
  }

  private static String told(CompletionStage<Answer> stage) {
    Answer answer = stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void a_proxy_whose_loops_answer_is_healthy() {
    assertThat(told(health(20_000).healthy())).isEqualTo("200 healthy\n");
  }

  @Test
  void a_loop_that_does_not_answer_is_named() {
    loops
        .get(1)
        .execute(() -> {
          try {
            stuck.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });

    assertThat(told(health(300).healthy())).startsWith("503 ").contains("1]");
  }

  @Test
  void a_proxy_that_stops_or_is_in_maintenance_is_not_ready() {
    assertThat(told(health(1).ready())).isEqualTo("200 ready\n");

    state = new StateRow(true, false, false);
    assertThat(told(health(1).ready())).isEqualTo("200 ready\n");

    state = new StateRow(true, true, false);
    assertThat(told(health(1).ready())).isEqualTo("503 maintenance\n");

    state = new StateRow(false, false, true);
    assertThat(told(health(1).ready())).isEqualTo("503 stopping\n");
  }
}
