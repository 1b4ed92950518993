package org.pglynx.proxy.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of one direction of one connection in place: no object per frame, no copy.
 * Neighbouring frames that are only passed on leave as one run per read (netty#4205: many small
 * writes blow up the outbound buffer), large frames stream through without being collected.
 *
 * <pre>
 *             feed()                      verdict HOLD
 *   SCANNING ────────► frame by frame ───────────────────► HELD ── resume() ──► SCANNING
 *       ▲                  │ verdict FORWARD / DROP, body not here yet
 *       │  body complete   ▼
 *       └──────────── STREAMING (remaining bytes pass or are dropped unseen)
 * </pre>
 *
 * <p>Every length is checked here, once: below 4 or above the limit ends the connection with {@link
 * ProtocolException} before anything is allocated for it.
 */
public final class FrameScanner {
  /** Tag and length. */
  public static final int HEADER = 5;

  /** Postgres itself refuses longer messages (MaxAllocSize, 1 GiB - 1). */
  public static final int MAX_FRAME = 0x3fffffff;

  /** What becomes of a frame. */
  public enum Verdict {
    /** The frame passes on as part of a run. */
    FORWARD,
    /** The frame does not pass on: it was used up, or its bytes are unwanted. */
    DROP,
    /** Neither this frame nor any later one is looked at until {@link #resume}. */
    HOLD,
    /** The connection is being closed: drop this and all that follows. */
    STOP
  }

  /** Decides about frames and takes the runs. */
  public interface Visitor {
    /**
     * How many bytes of a frame, header included, must be there before {@link #onFrame} is called;
     * at most the frame's length counts.
     */
    int wanted(byte tag, int length);

    /**
     * One frame.
     *
     * @param buffer holds the frame from the offset on; not to be kept or moved
     * @param available bytes of the frame that are there, at least what was wanted
     * @param length bytes of the whole frame, header included
     */
    Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length);

    /** Bytes that pass on; the callee owns the buffer. */
    void onRun(ByteBuf run);
  }

  private final Visitor visitor;
  private @Nullable ByteBuf buffer;
  private @Nullable ByteBuf joined;
  private int position;
  private int runStart;
  private int remaining;
  private boolean streamForward;
  private boolean held;
  private boolean stopped;

  /** A scanner that asks the visitor. */
  public FrameScanner(Visitor visitor) {
    this.visitor = visitor;
  }

  /** Takes what was read; owns the buffer. */
  public void feed(ByteBuf in) {
    if (stopped) {
      in.release();
      return;
    }
    ByteBuf kept = buffer;
    if (kept == null) {
      buffer = in;
      position = in.readerIndex();
    } else {
      buffer = append(kept, in);
    }
    if (!held) {
      scan();
    }
  }

  /** Goes on after {@link Verdict#HOLD}: the held frame is visited again. */
  public void resume() {
    held = false;
    if (buffer != null) {
      scan();
    }
  }

  /** Looks at no further frame until {@link #resume}; for use between reads. */
  public void pause() {
    held = true;
  }

  /** Whether frames are held back. */
  public boolean held() {
    return held;
  }

  /** Whether a frame has passed on in part: nothing may be inserted before its end. */
  public boolean midFrame() {
    return remaining > 0 && streamForward;
  }

  /** How many bytes wait here for more of their frame, or because they are held. */
  public int pendingBytes() {
    ByteBuf in = buffer;
    return in == null ? 0 : in.readableBytes();
  }

  /** Whether bytes wait here for more of their frame, or because they are held. */
  public boolean hasPending() {
    return buffer != null || remaining > 0;
  }

  /**
   * Called from {@link Visitor#onFrame}: emits the run before the present frame now, so that what
   * the visitor sends next comes after it.
   */
  public void cut() {
    ByteBuf in = buffer;
    if (in != null && position > runStart) {
      ByteBuf run = in.retainedSlice(runStart, position - runStart);
      runStart = position;
      visitor.onRun(run);
    }
  }

  /**
   * Called from {@link Visitor#onFrame} before it answers FORWARD: only what comes after the given
   * number of the frame's bytes passes on, because the visitor has sent others in their place.
   */
  public void replaceHead(int bytes) {
    runStart = position + bytes;
  }

  /** Hands bytes that wait here to another scanner, and stops. */
  public void moveTo(FrameScanner other) {
    ByteBuf in = buffer;
    buffer = null;
    stopped = true;
    if (in != null) {
      other.feed(in.readerIndex(position));
    }
  }

  /** Drops all that is kept and all that will come. */
  public void stop() {
    stopped = true;
    ByteBuf in = buffer;
    if (in != null) {
      buffer = null;
      in.release();
    }
  }

  private ByteBuf append(ByteBuf kept, ByteBuf in) {
    // A long frame comes in many reads: growing in place keeps the cost linear.
    if (kept == joined && kept.refCnt() == 1) {
      kept.writeBytes(in);
      in.release();
      return kept;
    }
    try {
      // A kept buffer may be a part of a larger one that others still read: never write into it.
      ByteBuf fresh = kept.alloc().buffer(kept.readableBytes() + Math.max(in.readableBytes(), 256));
      fresh.writeBytes(kept).writeBytes(in);
      joined = fresh;
      return fresh;
    } finally {
      kept.release();
      in.release();
    }
  }

  private void scan() {
    ByteBuf in = buffer;
    if (in == null) {
      return;
    }
    position = in.readerIndex();
    runStart = position;
    int end = in.writerIndex();
    while (position < end && !held && !stopped && step(in, end)) {
      // step() does the work
    }
    if (!stopped) {
      finishRead(in, end);
    }
  }

  /** Handles one frame or one piece of a streamed one; false if more bytes are needed. */
  private boolean step(ByteBuf in, int end) {
    if (remaining > 0) {
      stream(Math.min(remaining, end - position));
      return true;
    }
    int here = end - position;
    if (here < HEADER) {
      return false;
    }
    byte tag = in.getByte(position);
    int length = checkedLength(tag, in.getInt(position + 1));
    int available = Math.min(here, length);
    if (available < length && available < visitor.wanted(tag, length)) {
      return false;
    }
    switch (visitor.onFrame(tag, in, position, available, length)) {
      case FORWARD -> begin(available, length, true);
      case DROP -> begin(available, length, false);
      case HOLD -> hold();
      case STOP -> stop();
    }
    return true;
  }

  private void begin(int available, int length, boolean forward) {
    streamForward = forward;
    remaining = length;
    stream(available);
  }

  private void stream(int count) {
    if (!streamForward) {
      cut();
      runStart = position + count;
    }
    position += count;
    remaining -= count;
  }

  private void hold() {
    cut();
    held = true;
  }

  private void finishRead(ByteBuf in, int end) {
    if (position == end) {
      buffer = null;
      if (runStart == in.readerIndex()) {
        visitor.onRun(in);
        return;
      }
      if (runStart < end) {
        visitor.onRun(in.readerIndex(runStart));
      } else {
        in.release();
      }
      return;
    }
    cut();
    if (!stopped) {
      in.readerIndex(position);
    }
  }

  private static int checkedLength(byte tag, int length) {
    if (length < 4 || length > MAX_FRAME) {
      throw new ProtocolException(
          "invalid message length " + length + " in a message of type \"" + (char) tag + "\"");
    }
    return length + 1;
  }
}
