package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.pglynx.proxy.admin.StateRow;
import org.pglynx.proxy.http.Answer;

/**
 * What orchestrators ask. Healthy: every event loop comes to what it is given; else only a restart
 * helps. Ready: new clients are welcome. Servers that cannot be reached make no proxy unready: all
 * would be, and clients would get a refused connection instead of an error that says why.
 */
final class Health {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final List<EventLoop> loops;
  private final Supplier<StateRow> state;
  private final long patienceMillis;

  Health(List<EventLoop> loops, Supplier<StateRow> state, long patienceMillis) {
    this.loops = loops;
    this.state = state;
    this.patienceMillis = patienceMillis;
  }

  CompletionStage<Answer> healthy() {
    List<CompletableFuture<Boolean>> beats =
        loops.stream()
            .map(loop ->
                CompletableFuture.supplyAsync(() -> true, loop)
                    .completeOnTimeout(false, patienceMillis, TimeUnit.MILLISECONDS))
            .toList();
    return CompletableFuture.allOf(beats.toArray(CompletableFuture[]::new))
        .thenApply(_ -> healthy(beats.stream().map(CompletableFuture::join).toList()));
  }

  private Answer healthy(List<Boolean> beats) {
    List<Integer> stuck =
        IntStream.range(0, beats.size()).filter(i -> !beats.get(i)).boxed().toList();
    return stuck.isEmpty()
        ? Answer.text(OK, "healthy\n")
        : Answer.text(
            UNAVAILABLE,
            "event loops that do not answer within " + patienceMillis + " ms: " + stuck + "\n");
  }

  CompletionStage<Answer> ready() {
    StateRow now = state.get();
    if (now.stopping()) {
      return CompletableFuture.completedFuture(Answer.text(UNAVAILABLE, "stopping\n"));
    }
    return CompletableFuture.completedFuture(
        now.maintenance() ? Answer.text(UNAVAILABLE, "maintenance\n") : Answer.text(OK, "ready\n"));
  }
}
