package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.TransportKind;

/** The last read of an io_uring loop's eventfd is over before its memory is freed. */
class LoopEndTest {
  private static final int PATIENCE_MILLIS = 10_000;

  @Test
  void a_loop_is_woken_by_another_thread_before_it_is_destroyed() {
    Loop loop = new Loop();

    new LoopEnd(loop).destroy();

    assertThat(loop.calls).containsExactly("wakeup aside", "destroy");
  }

  @Test
  void a_loop_that_is_interrupted_is_woken_all_the_same_and_stays_interrupted() {
    Loop loop = new Loop();
    Thread.currentThread().interrupt();

    new LoopEnd(loop).destroy();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(loop.calls).containsExactly("wakeup aside", "destroy");
  }

  @Test
  void loops_of_io_uring_end_so_and_in_time() {
    assumeTrue(Transport.isAvailable(TransportKind.IO_URING));
    for (int round = 0; round < 20; round++) {
      Transport transport = Transport.start(TransportKind.IO_URING, 2);
      for (EventLoop loop : transport.loopList()) {
        loop.execute(() -> {});
      }

      var ended = transport.loops().shutdownGracefully(0, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);

      assertThat(ended.awaitUninterruptibly(PATIENCE_MILLIS)).isTrue();
      assertThat(ended.isSuccess()).isTrue();
    }
  }

  @Test
  void a_loop_may_change_its_thread_if_those_of_the_library_may() {
    assumeTrue(Transport.isAvailable(TransportKind.IO_URING));
    IoHandlerFactory bare = IoUringIoHandler.newFactory();

    assertThat(LoopEnd.of(bare).isChangingThreadSupported())
        .isEqualTo(bare.isChangingThreadSupported());
    assertThat(LoopEnd.of(moving()).isChangingThreadSupported()).isTrue();
  }

  private static IoHandlerFactory moving() {
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new Loop();
      }

      @Override
      public boolean isChangingThreadSupported() {
        return true;
      }
    };
  }

  /** Notes how it ends. */
  private static final class Loop implements IoHandler {
    private final Thread own = Thread.currentThread();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void wakeup() {
      calls.add(Thread.currentThread() == own ? "wakeup by itself" : "wakeup aside");
    }

    @Override
    public void destroy() {
      calls.add("destroy");
    }

    @Override
    public int run(IoHandlerContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      throw new UnsupportedOperationException();
    }
  }
}
