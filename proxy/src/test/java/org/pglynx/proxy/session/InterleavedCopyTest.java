package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.BinaryRows;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

class InterleavedCopyTest {
  private final List<Integer> numbers = new ArrayList<>();
  private final List<Byte> ends = new ArrayList<>();

  /** A server whose rows are one number each. */
  private abstract static class Server implements SqlSession {
    @Override
    public SqlResult query(String sql, @Nullable Object... parameters) {
      throw new UnsupportedOperationException(sql);
    }

    @Override
    public String copyIn(String sql, CopySource source) {
      throw new UnsupportedOperationException(sql);
    }

    @Override
    public boolean callersTransaction() {
      return false;
    }

    @Override
    public void close() {
      // Nothing is open.
    }

    static void row(CopySink sink, int number) throws PgErrorException {
      sink.accept(Unpooled.buffer().writeShort(1).writeInt(4).writeInt(number));
    }
  }

  private static Server of(int from, int to) {
    return new Server() {
      @Override
      public String copyOut(String sql, CopySink sink) throws PgErrorException {
        sink.accept(BinaryRows.header());
        for (int i = from; i < to; i++) {
          row(sink, i);
        }
        sink.accept(BinaryRows.trailer());
        return "COPY " + (to - from);
      }
    };
  }

  /** One that gives rows until its thread is interrupted, as a server does that is cancelled. */
  private static Server endless(CountDownLatch over) {
    return new Server() {
      @Override
      public String copyOut(String sql, CopySink sink)
          throws PgErrorException, InterruptedException {
        sink.accept(BinaryRows.header());
        while (!Thread.currentThread().isInterrupted()) {
          row(sink, 0);
        }
        over.countDown();
        throw new InterruptedException();
      }
    };
  }

  private void read(ByteBuf body) {
    if (body.readableBytes() == 19 || body.readableBytes() == 2) {
      ends.add(body.getByte(0));
      return;
    }
    while (body.isReadable()) {
      body.skipBytes(6);
      numbers.add(body.readInt());
    }
  }

  @Test
  void so_many_rows_of_each_come_in_turn_between_one_header_and_one_trailer() throws Exception {
    new InterleavedCopy(List.of(of(0, 300), of(1000, 1600), of(0, 0)), "COPY").into(this::read);

    List<Integer> expected = new ArrayList<>();
    add(expected, 0, 256);
    add(expected, 1000, 1256);
    add(expected, 256, 300);
    add(expected, 1256, 1600);
    assertThat(numbers).isEqualTo(expected);
    assertThat(ends).containsExactly((byte) 'P', (byte) -1);
  }

  private static void add(List<Integer> all, int from, int to) {
    for (int i = from; i < to; i++) {
      all.add(i);
    }
  }

  @Test
  void an_error_of_one_ends_the_others() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Server broken =
        new Server() {
          @Override
          public String copyOut(String sql, CopySink sink) throws PgErrorException {
            throw PgError.error(SqlState.INSUFFICIENT_PRIVILEGE, "no").toException();
          }
        };

    assertThatThrownBy(
            () -> new InterleavedCopy(List.of(endless(over), broken), "COPY").into(this::read))
        .isInstanceOf(PgErrorException.class)
        .hasMessageContaining("42501");
    assertThat(over.getCount()).isZero();
  }

  @Test
  void an_interrupt_ends_all() throws Exception {
    CountDownLatch over = new CountDownLatch(2);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() ->
            new InterleavedCopy(List.of(endless(over), endless(over)), "COPY").into(this::read))
        .isInstanceOf(InterruptedException.class);
    assertThat(over.getCount()).isZero();
  }
}
