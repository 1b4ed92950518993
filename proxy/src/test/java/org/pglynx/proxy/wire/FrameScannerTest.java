package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.raw;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.FrameScanner.Verdict;

/** Layer 1: frames in bytes, however they are cut. */
class FrameScannerTest {
  private static final byte[] SAMPLE =
      all(query("select 1"), parse("s", "select $1"), bind("", "s", "x"), execute("", 0), sync());

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final Recorder recorder = new Recorder();
  private final FrameScanner scanner = new FrameScanner(recorder);

  /** Notes what it is shown and what passes on. */
  private static final class Recorder implements FrameScanner.Visitor {
    final List<String> tags = new ArrayList<>();
    final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    int runs;
    int largestAvailable;
    Function<Byte, Verdict> verdicts = tag -> Verdict.FORWARD;
    Function<Byte, Integer> wants = tag -> 0;

    @Override
    public int wanted(byte tag, int length) {
      return wants.apply(tag);
    }

    @Override
    public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
      assertThat(buffer.getByte(offset)).isEqualTo(tag);
      assertThat(available).isGreaterThanOrEqualTo(Math.min(wants.apply(tag), length));
      assertThat(offset + available).isLessThanOrEqualTo(buffer.writerIndex());
      largestAvailable = Math.max(largestAvailable, available);
      tags.add(String.valueOf((char) tag));
      return verdicts.apply(tag);
    }

    @Override
    public void onRun(ByteBuf run) {
      runs++;
      byte[] bytes = new byte[run.readableBytes()];
      run.readBytes(bytes);
      passed.writeBytes(bytes);
      run.release();
    }

    String passedTags() {
      StringBuilder passedTags = new StringBuilder();
      byte[] bytes = passed.toByteArray();
      for (int at = 0; at < bytes.length; ) {
        passedTags.append((char) bytes[at]);
        at += 1 + java.nio.ByteBuffer.wrap(bytes, at + 1, 4).getInt();
      }
      return passedTags.toString();
    }
  }

  @AfterEach
  void stop() {
    scanner.stop();
  }

  private void feed(byte[]... bytes) {
    scanner.feed(buffers.of(all(bytes)));
  }

  @Test
  void frames_that_pass_on_leave_as_one_run_per_read() {
    feed(SAMPLE);
    assertThat(recorder.tags).containsExactly("Q", "P", "B", "E", "S");
    assertThat(recorder.runs).isEqualTo(1);
    assertThat(recorder.passed.toByteArray()).isEqualTo(SAMPLE);
    assertThat(scanner.hasPending()).isFalse();
  }

  @Test
  void every_split_point_gives_the_same_frames_and_bytes() {
    for (int split = 1; split < SAMPLE.length; split++) {
      Recorder each = new Recorder();
      FrameScanner cut = new FrameScanner(each);
      cut.feed(buffers.of(Arrays.copyOf(SAMPLE, split)));
      cut.feed(buffers.of(Arrays.copyOfRange(SAMPLE, split, SAMPLE.length)));
      assertThat(each.tags).as("split at %d", split).containsExactly("Q", "P", "B", "E", "S");
      assertThat(each.passed.toByteArray()).as("split at %d", split).isEqualTo(SAMPLE);
    }
  }

  @Test
  void every_split_point_gives_the_same_when_whole_frames_are_wanted() {
    for (int split = 1; split < SAMPLE.length; split++) {
      Recorder each = new Recorder();
      each.wants = tag -> Integer.MAX_VALUE;
      each.verdicts = tag -> tag == 'P' || tag == 'E' ? Verdict.DROP : Verdict.FORWARD;
      FrameScanner cut = new FrameScanner(each);
      cut.feed(buffers.of(Arrays.copyOf(SAMPLE, split)));
      cut.feed(buffers.of(Arrays.copyOfRange(SAMPLE, split, SAMPLE.length)));
      assertThat(each.passedTags()).as("split at %d", split).isEqualTo("QBS");
    }
  }

  @Test
  void byte_by_byte_gives_the_same_frames_and_bytes() {
    for (byte each : SAMPLE) {
      feed(new byte[] {each});
    }
    assertThat(recorder.tags).containsExactly("Q", "P", "B", "E", "S");
    assertThat(recorder.passed.toByteArray()).isEqualTo(SAMPLE);
  }

  @Test
  void a_frame_larger_than_what_is_wanted_streams_through() {
    byte[] large = query("x".repeat(1 << 20));
    recorder.wants = tag -> 100;
    for (int at = 0; at < large.length; at += 1000) {
      feed(Arrays.copyOfRange(large, at, Math.min(at + 1000, large.length)));
      assertThat(buffers.bytes()).isZero();
    }
    assertThat(recorder.tags).containsExactly("Q");
    assertThat(recorder.passed.toByteArray()).isEqualTo(large);
  }

  @Test
  void a_dropped_frame_streams_away() {
    byte[] large = query("x".repeat(10_000));
    recorder.verdicts = tag -> tag == 'Q' ? Verdict.DROP : Verdict.FORWARD;
    feed(sync(), Arrays.copyOf(large, 5000));
    assertThat(scanner.midFrame()).as("nothing of it has passed on").isFalse();
    feed(Arrays.copyOfRange(large, 5000, large.length), sync());
    assertThat(recorder.passedTags()).isEqualTo("SS");
  }

  @Test
  void mid_frame_is_the_time_between_the_pieces_of_a_frame_that_passes_on() {
    feed(Arrays.copyOf(SAMPLE, 8));
    assertThat(scanner.midFrame()).isTrue();
    feed(Arrays.copyOfRange(SAMPLE, 8, SAMPLE.length));
    assertThat(scanner.midFrame()).isFalse();
  }

  @Test
  void a_held_frame_is_visited_again_and_what_came_before_has_passed() {
    recorder.verdicts =
        tag ->
            tag == 'B' && !recorder.tags.subList(0, recorder.tags.size() - 1).contains("B")
                ? Verdict.HOLD
                : Verdict.FORWARD;
    feed(SAMPLE);
    assertThat(scanner.held()).isTrue();
    assertThat(recorder.passedTags()).isEqualTo("QP");
    feed(sync());
    assertThat(recorder.passedTags()).isEqualTo("QP");
    assertThat(scanner.pendingBytes()).isGreaterThan(0);
    scanner.resume();
    assertThat(recorder.tags).containsExactly("Q", "P", "B", "B", "E", "S", "S");
    assertThat(recorder.passedTags()).isEqualTo("QPBESS");
  }

  @Test
  void a_cut_lets_the_visitor_send_between_two_frames() {
    recorder.verdicts =
        tag -> {
          if (tag == 'B') {
            scanner.cut();
            recorder.passed.writeBytes(query("own"));
          }
          return Verdict.FORWARD;
        };
    feed(SAMPLE);
    assertThat(recorder.passedTags()).isEqualTo("QPQBES");
  }

  @Test
  void a_replaced_head_is_not_passed_on() {
    byte[] named = bind("", "long_name", "x");
    byte[] renamed = bind("", "s", "x");
    recorder.verdicts =
        tag -> {
          if (tag == 'B') {
            scanner.cut();
            recorder.passed.writeBytes(Arrays.copyOf(renamed, 8));
            scanner.replaceHead(16);
          }
          return Verdict.FORWARD;
        };
    feed(sync(), named, sync());
    assertThat(recorder.passed.toByteArray()).isEqualTo(all(sync(), renamed, sync()));
  }

  @Test
  void nothing_is_seen_after_a_stop_verdict() {
    recorder.verdicts = tag -> tag == 'B' ? Verdict.STOP : Verdict.FORWARD;
    feed(SAMPLE);
    feed(SAMPLE);
    assertThat(recorder.tags).containsExactly("Q", "P", "B");
  }

  @Test
  void a_stop_inside_a_callback_ends_the_scan() {
    for (Verdict verdict : Verdict.values()) {
      Recorder each = new Recorder();
      FrameScanner[] self = new FrameScanner[1];
      each.verdicts =
          tag -> {
            if (tag == 'B') {
              self[0].stop();
            }
            return tag == 'B' ? verdict : Verdict.FORWARD;
          };
      self[0] = new FrameScanner(each);
      self[0].feed(buffers.of(SAMPLE));
      assertThat(each.tags).as("stop and %s", verdict).containsExactly("Q", "P", "B");
    }
  }

  @Test
  void waiting_bytes_move_to_another_scanner() {
    Recorder next = new Recorder();
    FrameScanner other = new FrameScanner(next);
    recorder.verdicts = tag -> tag == 'B' ? Verdict.HOLD : Verdict.FORWARD;
    feed(SAMPLE);
    scanner.moveTo(other);
    assertThat(recorder.passedTags()).isEqualTo("QP");
    assertThat(next.passedTags()).isEqualTo("BES");
    feed(sync());
    assertThat(recorder.tags).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, FrameScanner.MAX_FRAME + 1, Integer.MAX_VALUE})
  void a_bad_length_is_refused_before_anything_is_kept_for_it(int length) {
    assertThatThrownBy(() -> feed(sync(), raw('Q', length)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("length " + length)
        .hasMessageContaining("\"Q\"");
  }

  @Test
  void the_largest_length_streams() {
    feed(raw('d', FrameScanner.MAX_FRAME, new byte[1000]));
    assertThat(recorder.passed.size()).isEqualTo(1005);
    assertThat(scanner.midFrame()).isTrue();
  }

  @Test
  void a_long_wanted_frame_that_comes_in_small_reads_costs_linear_time() {
    byte[] large = query("x".repeat(8 << 20));
    recorder.wants = tag -> Integer.MAX_VALUE;
    long start = System.nanoTime();
    for (int at = 0; at < large.length; at += 1024) {
      feed(Arrays.copyOfRange(large, at, Math.min(at + 1024, large.length)));
    }
    // Copying all of it at each read moves 32 GB: many seconds.
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
    assertThat(recorder.largestAvailable).isEqualTo(large.length);
  }

  @Test
  void a_part_of_a_kept_buffer_that_has_passed_on_is_never_written_over() {
    List<ByteBuf> kept = new ArrayList<>();
    FrameScanner[] self = new FrameScanner[1];
    self[0] =
        new FrameScanner(
            new FrameScanner.Visitor() {
              @Override
              public int wanted(byte tag, int length) {
                return length;
              }

              @Override
              public Verdict onFrame(
                  byte tag, ByteBuf buffer, int offset, int available, int length) {
                return Verdict.FORWARD;
              }

              @Override
              public void onRun(ByteBuf run) {
                kept.add(run);
              }
            });
    for (byte each : all(SAMPLE, SAMPLE)) {
      self[0].feed(buffers.of(new byte[] {each}));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuf run : kept) {
      bytes.writeBytes(FrontendBytes.bytes(run));
      run.release();
    }
    assertThat(bytes.toByteArray()).isEqualTo(all(SAMPLE, SAMPLE));
  }

  @Test
  void random_bytes_and_verdicts_throw_nothing_but_protocol_exceptions_and_leak_nothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 3000; round++) {
      Recorder each = new Recorder();
      int wanted = random.nextInt(64);
      each.wants = tag -> wanted;
      FrameScanner[] self = new FrameScanner[1];
      each.verdicts = tag -> verdict(random, self[0]);
      self[0] = new FrameScanner(each);
      try {
        for (int read = 0; read < 8; read++) {
          self[0].feed(buffers.of(noise(random)));
          if (random.nextBoolean()) {
            self[0].resume();
          }
        }
      } catch (ProtocolException expected) {
        // Half of the noise has a bad length.
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
      self[0].stop();
      assertThat(buffers.bytes()).as("seed %d round %d", seed, round).isZero();
    }
  }

  private static Verdict verdict(Random random, FrameScanner scanner) {
    switch (random.nextInt(20)) {
      case 0 -> scanner.stop();
      case 1, 2 -> scanner.cut();
      default -> {
        // Most frames are simply judged.
      }
    }
    Verdict[] values = Verdict.values();
    return random.nextInt(3) > 0 ? Verdict.FORWARD : values[random.nextInt(values.length)];
  }

  private static byte[] noise(Random random) {
    if (random.nextInt(10) == 0) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      return bytes;
    }
    byte[] frames = all(query("a".repeat(random.nextInt(50))), sync(), execute("p", 1));
    return Arrays.copyOf(frames, 1 + random.nextInt(frames.length));
  }
}
