package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layer 1: when a server has taken a cancel request, and when nobody knows. */
class CancelHandlerTest {
  private final CompletableFuture<Void> taken = new CompletableFuture<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  CancelHandlerTest() {
    channel.freezeTime();
    CancelHandler handler = new CancelHandler(taken, 42, new byte[] {1, 2, 3, 4});
    channel.pipeline().addLast(handler);
    handler.channelActive(channel.pipeline().context(handler));
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  @Test
  void a_request_that_the_server_has_closed_behind_is_taken() {
    ByteBuf request = channel.readOutbound();
    assertThat(ByteBufUtil.hexDump(request)).isEqualTo("0000001004d2162e0000002a01020304");
    request.release();
    assertThat(taken).isNotDone();

    channel.close();

    assertThat(taken).isCompletedWithValue(null);
  }

  @Test
  void a_request_whose_connection_breaks_may_be_taken_later() {
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(taken).isCompletedExceptionally();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void a_request_that_is_not_answered_may_be_taken_later() {
    channel.advanceTimeBy(6, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(taken).isCompletedExceptionally();
    assertThat(channel.isOpen()).isFalse();
  }
}
