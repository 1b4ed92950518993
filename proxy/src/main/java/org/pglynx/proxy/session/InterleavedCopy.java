package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.BinaryRows;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * The rows of one {@code COPY … (FORMAT binary)} on several servers as one stream: so many rows of
 * each in turn, so that all are read at once and the order is the same each time.
 */
final class InterleavedCopy {
  /** Blocks of a server that wait for their turn. */
  private static final int AHEAD = 4;

  private static final Block END = new Block(null, null);

  private final List<? extends SqlSession> sources;
  private final String sql;

  /** Rows of one server, its end, or why there are no more. */
  private record Block(@Nullable ByteBuf rows, @Nullable Throwable failure) {}

  InterleavedCopy(List<? extends SqlSession> sources, String sql) {
    this.sources = sources;
    this.sql = sql;
  }

  /** Runs it, on a thread for each server; the sink is called on this one. */
  void into(SqlSession.CopySink sink) throws PgErrorException, InterruptedException {
    List<Reader> readers = new ArrayList<>();
    for (SqlSession source : sources) {
      readers.add(new Reader(source));
    }
    try {
      readers.forEach(reader -> reader.thread.start());
      sink.accept(BinaryRows.header());
      pass(new ArrayList<>(readers), sink);
      sink.accept(BinaryRows.trailer());
    } finally {
      end(readers);
    }
  }

  private static void pass(List<Reader> left, SqlSession.CopySink sink)
      throws PgErrorException, InterruptedException {
    while (!left.isEmpty()) {
      for (Reader reader : List.copyOf(left)) {
        Block block = reader.blocks.take();
        if (block.failure() != null) {
          throw raised(block.failure());
        }
        if (block.rows() == null) {
          left.remove(reader);
        } else {
          sink.accept(block.rows());
        }
      }
    }
  }

  private static PgErrorException raised(Throwable failure) throws InterruptedException {
    switch (failure) {
      case PgErrorException refused -> {
        return refused;
      }
      case InterruptedException interrupted -> throw interrupted;
      case RuntimeException broken -> throw broken;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** No thread uses a connection any more when this returns. */
  private static void end(List<Reader> readers) {
    readers.forEach(reader -> reader.thread.interrupt());
    boolean interrupted = false;
    for (Reader reader : readers) {
      while (reader.thread.isAlive()) {
        try {
          reader.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads from one server as fast as its blocks are taken. */
  private final class Reader {
    private final SqlSession source;
    private final ArrayBlockingQueue<Block> blocks = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread = Thread.ofVirtual().name("pglynx-copy").unstarted(this::read);
    private boolean stopped;

    Reader(SqlSession source) {
      this.source = source;
    }

    private void read() {
      Block last = END;
      try {
        BinaryRows rows = new BinaryRows(this::give);
        source.copyOut(sql, rows::accept);
        rows.end();
      } catch (PgErrorException | RuntimeException | InterruptedException e) {
        last = new Block(null, e);
      }
      try {
        blocks.put(last);
      } catch (InterruptedException e) {
        // Nobody takes them any more.
        Thread.currentThread().interrupt();
      }
    }

    private void give(byte[] rows) {
      if (stopped) {
        return;
      }
      try {
        blocks.put(new Block(Unpooled.wrappedBuffer(rows), null));
      } catch (InterruptedException e) {
        // The statement is cancelled as soon as its reader looks at the flag again.
        stopped = true;
        Thread.currentThread().interrupt();
      }
    }
  }
}
