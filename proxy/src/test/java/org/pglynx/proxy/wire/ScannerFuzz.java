package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner.Verdict;

/**
 * Fuzz target: any bytes, in one read and in any pieces, through a scanner whose visitor decides by
 * the tag. What passes on, what is seen and how it ends must be the same.
 */
public final class ScannerFuzz {
  private ScannerFuzz() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 4) {
      return;
    }
    byte[] policy = Arrays.copyOf(input, 4);
    byte[] bytes = Arrays.copyOfRange(input, 4, input.length);
    LiveBuffers buffers = new LiveBuffers();
    String whole = outcome(policy, buffers, bytes, bytes.length);
    for (int piece = 1; piece < Math.min(bytes.length, 9); piece++) {
      assertThat(outcome(policy, buffers, bytes, piece))
          .as("in pieces of %s", piece)
          .isEqualTo(whole);
    }
    assertThat(buffers.bytes()).as("bytes of buffers that nobody released").isZero();
  }

  private static String outcome(byte[] policy, LiveBuffers buffers, byte[] bytes, int piece) {
    Recorder recorder = new Recorder(policy);
    FrameScanner scanner = new FrameScanner(recorder);
    recorder.scanner = scanner;
    try {
      for (int at = 0; at < bytes.length; at += piece) {
        scanner.feed(buffers.of(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece))));
        while (scanner.held()) {
          scanner.resume();
        }
      }
    } catch (ProtocolException e) {
      // As whoever ends a connection does: what was judged before passes on.
      scanner.cut();
      recorder.seen.append("violated");
    }
    boolean mid = scanner.midFrame();
    scanner.stop();
    return recorder.seen + " passed " + recorder.passed() + (mid ? " mid" : "");
  }

  /** Decides by tag and policy; holds each frame of some tags once. */
  private static final class Recorder implements FrameScanner.Visitor {
    private final byte[] policy;
    private final ByteBuf passed = Unpooled.buffer();
    final StringBuilder seen = new StringBuilder();
    @Nullable FrameScanner scanner;
    private boolean holds;

    Recorder(byte[] policy) {
      this.policy = policy;
    }

    String passed() {
      return io.netty.buffer.ByteBufUtil.hexDump(passed);
    }

    private int kind(byte tag) {
      return (tag ^ policy[tag & 3]) & 7;
    }

    @Override
    public int wanted(byte tag, int length) {
      return switch (kind(tag)) {
        case 0, 1 -> 0;
        case 2 -> 7;
        default -> Math.min(length, 4096);
      };
    }

    @Override
    public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
      assertThat(available).isGreaterThanOrEqualTo(Math.min(length, wanted(tag, length)));
      assertThat(buffer.writerIndex() - offset).isGreaterThanOrEqualTo(available);
      int kind = kind(tag);
      if (kind == 5 && !holds) {
        holds = true;
        return Verdict.HOLD;
      }
      holds = false;
      seen.append((char) ('a' + kind)).append(length);
      FrameScanner own = scanner;
      if (kind == 6 && own != null) {
        own.cut();
        passed.writeByte('!');
      }
      if (kind == 4 && own != null && length >= 7) {
        own.cut();
        own.replaceHead(7);
      }
      return kind == 3 ? Verdict.DROP : Verdict.FORWARD;
    }

    @Override
    public void onRun(ByteBuf run) {
      passed.writeBytes(run);
      run.release();
    }
  }
}
