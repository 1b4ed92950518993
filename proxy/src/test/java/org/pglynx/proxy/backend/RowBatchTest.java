package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.RowRewrite.RowTransform;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 1: rows on their way to another thread and back. */
class RowBatchTest {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<String> outcome = new ArrayList<>();

  private final RowBatch.Receiver receiver =
      new RowBatch.Receiver() {
        @Override
        public void transformed(ByteBuf rows) {
          outcome.add(rows.toString(StandardCharsets.UTF_8));
          rows.release();
        }

        @Override
        public void failed(PgError error) {
          outcome.add(error.code());
        }
      };

  private RowBatch batch(Executor offload) {
    return new RowBatch(offload, loop::add, buffers.allocator());
  }

  private void add(RowBatch batch, RowTransform by, String row) {
    ByteBuf frame = buffers.of(("--" + row).getBytes(StandardCharsets.UTF_8));
    batch.add(by, frame, 2, row.length());
    frame.release();
  }

  private void runAll() {
    while (!offloaded.isEmpty() || !loop.isEmpty()) {
      (offloaded.isEmpty() ? loop : offloaded).remove().run();
    }
  }

  @Test
  void the_rows_of_one_read_are_transformed_together() {
    RowBatch batch = batch(offloaded::add);
    RowTransform twice = (in, out) -> out.writeBytes(in.duplicate()).writeBytes(in);
    add(batch, twice, "ab");
    add(batch, twice, "c");
    batch.submit(receiver);
    assertThat(batch.away()).isTrue();
    assertThat(batch.isEmpty()).isTrue();
    runAll();
    assertThat(outcome).containsExactly("abcabc");
    assertThat(batch.away()).isFalse();
  }

  @Test
  void rows_that_come_while_others_are_away_are_the_next_batch() {
    RowBatch batch = batch(offloaded::add);
    RowTransform copy = (in, out) -> out.writeBytes(in);
    add(batch, copy, "ab");
    batch.submit(receiver);
    add(batch, copy, "cd");
    add(batch, copy, "e");
    assertThat(batch.bytes()).isEqualTo(3);
    runAll();
    batch.submit(receiver);
    runAll();
    assertThat(outcome).containsExactly("ab", "cde");
    assertThat(batch.bytes()).isZero();
  }

  @Test
  void the_outcome_comes_in_a_task_of_its_own_even_if_the_work_runs_at_once() {
    RowBatch batch = batch(Runnable::run);
    add(batch, (in, out) -> out.writeBytes(in), "ab");
    batch.submit(receiver);
    assertThat(outcome).isEmpty();
    runAll();
    assertThat(outcome).containsExactly("ab");
  }

  @Test
  void a_row_that_cannot_be_transformed_fails_with_its_error() {
    RowBatch batch = batch(offloaded::add);
    RowTransform failing =
        (in, out) -> {
          throw PgError.error(SqlState.NULL_NOT_ALLOWED, "a NULL feature").toException();
        };
    add(batch, failing, "ab");
    batch.submit(receiver);
    runAll();
    assertThat(outcome).containsExactly("22004");
  }

  @Test
  void a_mistake_in_the_transform_is_an_internal_error() {
    RowBatch batch = batch(offloaded::add);
    RowTransform broken =
        (in, out) -> {
          throw new IllegalStateException("oops");
        };
    add(batch, broken, "ab");
    batch.submit(receiver);
    runAll();
    assertThat(outcome).containsExactly("XX000");
  }

  /** Whatever is thrown: an outcome that never comes lets the client wait for ever. */
  @Test
  void an_error_of_the_machine_is_an_internal_error() {
    for (Error thrown : List.of(new StackOverflowError(), new OutOfMemoryError("heap"))) {
      RowBatch batch = batch(offloaded::add);
      RowTransform broken =
          (in, out) -> {
            throw thrown;
          };
      add(batch, broken, "ab");
      batch.submit(receiver);
      runAll();
      assertThat(batch.away()).isFalse();
    }
    assertThat(outcome).containsExactly("XX000", "XX000");
  }

  @Test
  void a_full_executor_is_told_as_insufficient_resources() {
    RowBatch batch =
        batch(task -> {
          throw new RejectedExecutionException();
        });
    add(batch, (in, out) -> out.writeBytes(in), "ab");
    batch.submit(receiver);
    runAll();
    assertThat(outcome).containsExactly("53000");
    assertThat(batch.away()).isFalse();
  }

  @Test
  void nothing_collected_is_nothing_submitted_and_what_is_discarded_is_released() {
    RowBatch batch = batch(offloaded::add);
    batch.submit(receiver);
    assertThat(batch.away()).isFalse();
    add(batch, (in, out) -> out.writeBytes(in), "ab");
    batch.discard();
    batch.discard();
    assertThat(batch.isEmpty()).isTrue();
  }
}
