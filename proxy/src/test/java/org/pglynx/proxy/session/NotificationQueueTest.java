package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.Trace;

/** Layer 1: notifications on their way to a client. */
class NotificationQueueTest {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final NotificationQueue queue = new NotificationQueue();

  private static Notification notification(String channel, String payload) {
    byte[] text = (channel + '\0' + payload + '\0').getBytes(StandardCharsets.UTF_8);
    return new Notification(1, channel, text);
  }

  private List<String> taken() {
    ByteBuf out = queue.take(buffers.allocator());
    try {
      return Trace.ofServer(out);
    } finally {
      out.release();
    }
  }

  @Test
  void notifications_are_taken_in_their_order_and_once() {
    queue.add(42, notification("orders", "1"));
    queue.add(43, notification("orders", "2"));
    assertThat(taken()).hasSize(2);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void those_of_a_channel_that_nobody_wants_any_more_are_dropped() {
    queue.add(42, notification("orders", "1"));
    queue.add(42, notification("prices", "2"));
    queue.drop("orders"::equals);
    assertThat(taken()).hasSize(1);
  }

  @Test
  void more_than_a_client_may_leave_waiting_is_too_long_until_some_is_dropped() {
    String payload = "x".repeat(1 << 20);
    for (int i = 0; i < 5; i++) {
      queue.add(42, notification("orders", payload));
    }
    assertThat(queue.tooLong()).isTrue();
    assertThat(queue.tooSlow().code()).isEqualTo("53400");
    assertThat(queue.tooSlow().detail()).startsWith("5 notifications");
    queue.drop("orders"::equals);
    assertThat(queue.tooLong()).isFalse();
    assertThat(queue.isEmpty()).isTrue();
  }
}
