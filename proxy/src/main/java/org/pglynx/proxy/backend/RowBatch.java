package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite.RowTransform;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Collects rows and has them transformed off the event loop. One batch is away at a time, so order
 * is kept; the next one is collected meanwhile, up to what its owner allows.
 */
final class RowBatch {
  /** Receives a transformed batch, on the event loop. */
  interface Receiver {
    /** The transformed rows; the callee owns the buffer. */
    void transformed(ByteBuf rows);

    /** The rows cannot be transformed. */
    void failed(PgError error);
  }

  private final Executor offload;
  private final Executor loop;
  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf rows;
  private @Nullable RowTransform transform;
  private boolean away;

  RowBatch(Executor offload, Executor loop, ByteBufAllocator allocator) {
    this.offload = offload;
    this.loop = loop;
    this.allocator = allocator;
  }

  boolean isEmpty() {
    return rows == null;
  }

  boolean away() {
    return away;
  }

  /** How much is collected. */
  int bytes() {
    ByteBuf collected = rows;
    return collected == null ? 0 : collected.readableBytes();
  }

  void add(RowTransform by, ByteBuf buffer, int offset, int length) {
    ByteBuf collected = rows;
    if (collected == null) {
      collected = allocator.buffer(Math.max(length, 8192));
      rows = collected;
      transform = by;
    }
    collected.writeBytes(buffer, offset, length);
  }

  /** Sends the collected rows off, if there are any; the receiver is called once. */
  void submit(Receiver receiver) {
    ByteBuf in = rows;
    RowTransform by = transform;
    if (in == null || by == null) {
      return;
    }
    rows = null;
    away = true;
    try {
      offload.execute(() -> run(by, in, receiver));
    } catch (RejectedExecutionException e) {
      in.release();
      PgError busy =
          PgError.error(SqlState.INSUFFICIENT_RESOURCES, "no thread is free to predict")
              .withHint("Try again, or raise ml.threads.");
      deliver(() -> receiver.failed(busy));
    }
  }

  /** Always in a task of its own: the caller is amid a scan. */
  private void deliver(Runnable outcome) {
    loop.execute(() -> {
      away = false;
      outcome.run();
    });
  }

  /** Whatever is thrown, an outcome is delivered: without one the client waits for ever. */
  private void run(RowTransform by, ByteBuf in, Receiver receiver) {
    Runnable outcome;
    try {
      ByteBuf out = transformed(by, in);
      outcome = () -> receiver.transformed(out);
    } catch (PgErrorException e) {
      outcome = () -> receiver.failed(e.error());
    } catch (Throwable e) {
      PgError failure = PgError.error(SqlState.INTERNAL_ERROR, "a prediction failed: " + e);
      outcome = () -> receiver.failed(failure);
    } finally {
      in.release();
    }
    deliver(outcome);
  }

  private ByteBuf transformed(RowTransform by, ByteBuf in) throws PgErrorException {
    ByteBuf out = allocator.buffer(in.readableBytes());
    boolean whole = false;
    try {
      by.rows(in, out);
      whole = true;
      return out;
    } finally {
      if (!whole) {
        out.release();
      }
    }
  }

  void discard() {
    ByteBuf collected = rows;
    if (collected != null) {
      rows = null;
      collected.release();
    }
  }
}
