package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Layer 1: the ring of expected replies, against a deque as its model. */
class ReplyRingTest {
  private final ReplyRing ring = new ReplyRing();

  private void push(String entries) {
    for (char each : entries.toCharArray()) {
      ring.push((byte) each);
    }
  }

  private String drain() {
    StringBuilder all = new StringBuilder();
    while (!ring.isEmpty()) {
      all.append((char) ring.pop());
    }
    return all.toString();
  }

  @Test
  void it_is_first_in_first_out_and_grows() {
    ArrayDeque<Byte> model = new ArrayDeque<>();
    Random random = new Random(1);
    for (int step = 0; step < 10_000; step++) {
      if (random.nextInt(5) < 3) {
        byte entry = (byte) (1 + random.nextInt(100));
        ring.push(entry);
        model.add(entry);
      } else if (!model.isEmpty()) {
        assertThat(ring.peek()).isEqualTo(model.peek());
        assertThat(ring.pop()).isEqualTo(model.remove());
      }
      assertThat(ring.size()).isEqualTo(model.size());
      assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
    }
  }

  @Test
  void an_empty_ring_shows_none() {
    assertThat(ring.peek()).isEqualTo(Expected.NONE);
  }

  @Test
  void entries_are_counted_across_the_wrap() {
    push("abcdefghijklmn");
    for (int i = 0; i < 10; i++) {
      ring.pop();
    }
    push("SSaaS");
    assertThat(ring.count((byte) 'S')).isEqualTo(3);
    assertThat(drain()).isEqualTo("klmnSSaaS");
  }

  @Test
  void only_the_entries_right_behind_the_head_are_removed() {
    push("ESScS");
    assertThat(ring.removeBehindHead((byte) 'S', Expected.FAKE_CLOSE)).isFalse();
    assertThat(drain()).isEqualTo("EcS");
  }

  @Test
  void a_head_left_alone_is_told() {
    push("abcdefghijklmn");
    for (int i = 0; i < 14; i++) {
      ring.pop();
    }
    push("ESSS");
    assertThat(ring.removeBehindHead((byte) 'S', Expected.FAKE_CLOSE)).isTrue();
    assertThat(drain()).isEqualTo("E");
  }

  @Test
  void entries_of_frames_that_were_never_sent_do_not_protect_those_behind_them() {
    ring.push((byte) 'E');
    ring.push(Expected.FAKE_CLOSE);
    ring.push((byte) 'S');
    ring.push(Expected.FAKE_PARSE);
    assertThat(ring.removeBehindHead((byte) 'S', Expected.FAKE_CLOSE)).isTrue();
    assertThat(drain()).isEqualTo("E" + (char) Expected.FAKE_CLOSE + (char) Expected.FAKE_PARSE);
  }
}
