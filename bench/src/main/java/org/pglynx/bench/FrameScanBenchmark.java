package org.pglynx.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * What the frame scanner costs per frame, and, with {@code -prof gc}, that it allocates nothing:
 * the forwarding path of a result of 100 rows, of one with a frame cut out, and of a read that ends
 * amid a frame.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-Dio.netty.noUnsafe=false",
      "-XX:+UseSerialGC",
      "-Djmh.executor=CUSTOM",
      "-Djmh.executor.class=org.pglynx.bench.EventLoopThreads"
    })
public class FrameScanBenchmark {
  private static final int ROWS = 100;
  private static final int ROW_BODY = 32;
  private static final int FRAMES = ROWS + 1;

  private final ByteBuf read = result();
  private final Passing passing = new Passing();
  private final FrameScanner forwarding = new FrameScanner(passing);
  private final FrameScanner cutting = new FrameScanner(new CuttingReady());

  private static ByteBuf result() {
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(8192);
    for (int row = 0; row < ROWS; row++) {
      buffer.writeByte(BackendTag.DATA_ROW).writeInt(4 + ROW_BODY).writeZero(ROW_BODY);
    }
    return buffer.writeByte(BackendTag.READY).writeInt(5).writeByte('I');
  }

  /** Gives the buffer back. */
  @TearDown
  public void release() {
    read.release();
  }

  /** All frames pass on in one run: the buffer itself, no slice. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public int forwarded() {
    int length = read.readableBytes();
    forwarding.feed(read.retain());
    read.readerIndex(0);
    return length;
  }

  /** The rows pass on, ReadyForQuery is swallowed: one slice per read. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public int lastFrameDropped() {
    int length = read.readableBytes();
    cutting.feed(read.retain());
    read.readerIndex(0);
    return length;
  }

  /** A read ends amid a row, the next brings the rest. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long splitAmidFrame() {
    int end = read.writerIndex();
    int border = end / 2 + 7;
    forwarding.feed(read.retainedSlice(0, border));
    forwarding.feed(read.retainedSlice(border, end - border));
    return passing.bytes;
  }

  private static class Passing implements FrameScanner.Visitor {
    long bytes;

    @Override
    public int wanted(byte tag, int length) {
      return FrameScanner.HEADER;
    }

    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      return FrameScanner.Verdict.FORWARD;
    }

    @Override
    public void onRun(ByteBuf run) {
      bytes += run.readableBytes();
      run.release();
    }
  }

  private static final class CuttingReady extends Passing {
    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      return tag == BackendTag.READY ? FrameScanner.Verdict.DROP : FrameScanner.Verdict.FORWARD;
    }
  }
}
