package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Carries replies from an event loop to a blocking thread, frame by frame. The server is not read
 * while more than {@value #HIGH_BYTES} bytes wait here.
 */
final class Inbox implements Downstream {
  /** Takes the bodies of CopyData, each valid until the method returns. */
  interface CopyTaker {
    void take(ByteBuf body);
  }

  /** One reply; the body is valid until the next {@link #take}. */
  record Frame(byte tag, ByteBuf body) {}

  private static final long HIGH_BYTES = 4 << 20;
  private static final long LOW_BYTES = 1 << 20;
  private static final long GRACE_SECONDS = 10;

  /** Either bytes or the loss of the connection. */
  private record Arrival(@Nullable ByteBuf run, @Nullable PgError lost) {}

  private final Upstream upstream;
  private final Executor loop;
  private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private final Collector collector = new Collector();
  private final FrameScanner scanner = new FrameScanner(collector);
  private final Object writability = new Object();
  private @Nullable CopyTaker copies;
  private @Nullable Frame taken;
  private boolean paused;
  private volatile boolean lost;
  private volatile boolean discarded;
  private volatile boolean writable = true;

  Inbox(Upstream upstream, Executor loop) {
    this.upstream = upstream;
    this.loop = loop;
  }

  /** Whether the connection has been lost; what is said on its loop stays so. */
  boolean lost() {
    return lost;
  }

  private boolean gone() {
    return lost || discarded;
  }

  /**
   * From now on CopyData goes to the taker, or to nobody again: there may be millions, and none of
   * them is worth an object. Those behind a frame that waits for {@link #take} come in their turn.
   */
  void copiesTo(@Nullable CopyTaker taker) {
    copies = taker;
  }

  /**
   * The next frame.
   *
   * @param hurry whether the statement is being cancelled: its end must come soon
   */
  Frame take(boolean hurry) throws PgErrorException, InterruptedException {
    release();
    while (frames.isEmpty()) {
      Arrival arrival = hurry ? awaitUninterrupted() : arrivals.take();
      PgError lost = arrival.lost();
      if (lost != null) {
        // Whoever asks again must not wait for what cannot come.
        arrivals.add(arrival);
        throw lost.toException();
      }
      ByteBuf run = arrival.run();
      if (run != null) {
        int bytes = run.readableBytes();
        scanner.feed(run);
        collector.forget();
        consumed(bytes);
      }
    }
    Frame frame = frames.remove();
    taken = frame;
    return frame;
  }

  private Arrival awaitUninterrupted() throws PgErrorException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Arrival arrival = arrivals.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (arrival == null) {
            throw PgError.error(SqlState.CONNECTION_FAILURE, "the server does not answer a cancel")
                .toException();
          }
          return arrival;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void release() {
    Frame done = taken;
    if (done != null) {
      taken = null;
      done.body().release();
    }
  }

  private void consumed(int bytes) {
    long left = waiting.addAndGet(-bytes);
    if (left < LOW_BYTES && left + bytes >= LOW_BYTES) {
      loop.execute(this::readOn);
    }
  }

  private void readOn() {
    if (waiting.get() < LOW_BYTES) {
      resume();
    }
  }

  /** The server is read, whatever waits here. On the loop. */
  void resume() {
    if (paused && !lost) {
      paused = false;
      upstream.reading(true);
    }
  }

  /** Blocks while the server takes no more. */
  void awaitWritable() throws InterruptedException, PgErrorException {
    loop.execute(this::onServerWritable);
    synchronized (writability) {
      while (!writable && !gone()) {
        writability.wait();
      }
    }
  }

  /** Nobody reads any more. Called once, by the reading thread. */
  void discard() {
    discarded = true;
    release();
    scanner.stop();
    frames.forEach(frame -> frame.body().release());
    frames.clear();
  }

  /** Releases what has arrived for nobody. On the loop; the upstream has another receiver now. */
  void empty() {
    for (Arrival rest = arrivals.poll(); rest != null; rest = arrivals.poll()) {
      if (rest.run() != null) {
        rest.run().release();
      }
    }
  }

  @Override
  public void onReplies(ByteBuf run) {
    long all = waiting.addAndGet(run.readableBytes());
    arrivals.add(new Arrival(run, null));
    if (all > HIGH_BYTES && !paused) {
      paused = true;
      upstream.reading(false);
    }
  }

  @Override
  public void onServerWritable() {
    synchronized (writability) {
      writable = gone() || upstream.writable();
      writability.notifyAll();
    }
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    lost = true;
    arrivals.add(new Arrival(null, error));
    synchronized (writability) {
      writability.notifyAll();
    }
  }

  private final class Collector implements FrameScanner.Visitor {
    // The buffer that was scanned last, and the same with indexes of its own.
    private @Nullable ByteBuf scanned;
    private @Nullable ByteBuf view;

    @Override
    public int wanted(byte tag, int length) {
      return length;
    }

    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      CopyTaker taker = copies;
      if (taker != null && tag == BackendTag.COPY_DATA && frames.isEmpty()) {
        taker.take(view(buffer).setIndex(offset + FrameScanner.HEADER, offset + length));
        return FrameScanner.Verdict.DROP;
      }
      ByteBuf body =
          buffer.retainedSlice(offset + FrameScanner.HEADER, length - FrameScanner.HEADER);
      frames.add(new Frame(tag, body));
      return FrameScanner.Verdict.DROP;
    }

    private ByteBuf view(ByteBuf buffer) {
      ByteBuf known = view;
      if (known == null || scanned != buffer) {
        known = buffer.duplicate();
        scanned = buffer;
        view = known;
      }
      return known;
    }

    /** The buffer may be another one when it is used again. */
    void forget() {
      scanned = null;
      view = null;
    }

    @Override
    public void onRun(ByteBuf run) {
      run.release();
    }
  }
}
