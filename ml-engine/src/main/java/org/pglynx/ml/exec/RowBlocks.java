package org.pglynx.ml.exec;

import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;

/**
 * Passes over many rows in blocks, several of them at a time. Where a block begins and ends depends
 * on the number of rows alone: sums that are kept per block and added in their order are the same
 * on any number of threads.
 */
public final class RowBlocks implements AutoCloseable {
  private static final int MIN_ROWS = 1024;
  private static final int MAX_BLOCKS = 64;

  private final int rows;
  private final int count;
  private final CancelToken cancel;
  private final @Nullable Workers workers;

  /** Blocks of that many rows; threads start only when there is more than one block. */
  public RowBlocks(int rows, int threads, CancelToken cancel) {
    this.rows = rows;
    this.count = Math.clamp(rows / MIN_ROWS, 1, MAX_BLOCKS);
    this.cancel = cancel;
    int useful = Math.min(threads, count);
    this.workers = useful > 1 ? new Workers("pglynx-fit", useful) : null;
  }

  /** Does one block. */
  @FunctionalInterface
  public interface Block {
    /** Rows from (inclusive) to to (exclusive) of that number of the block. */
    void rows(int block, int from, int to);
  }

  /** How many blocks there are. */
  public int count() {
    return count;
  }

  /**
   * Does all blocks.
   *
   * @throws org.pglynx.ml.model.MlException of kind CANCELLED
   */
  public void forEach(Block block) {
    if (workers == null) {
      for (int b = 0; b < count; b++) {
        run(block, b);
      }
    } else {
      workers.forEach(count, b -> run(block, b));
    }
  }

  @Override
  public void close() {
    if (workers != null) {
      workers.close();
    }
  }

  private void run(Block block, int b) {
    cancel.check();
    block.rows(b, start(b), start(b + 1));
  }

  private int start(int b) {
    return (int) ((long) rows * b / count);
  }
}
