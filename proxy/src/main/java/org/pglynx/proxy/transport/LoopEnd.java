package org.pglynx.proxy.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Ends an io_uring loop when the kernel writes into none of its memory any more.
 *
 * <p>A loop sleeps in a read of its eventfd. Netty 4.2.18 cancels that read when the loop ends and
 * frees its eight bytes at once; but the read and the cancel may wait in the kernel behind the
 * IOSQE_IO_DRAIN of {@link IoHandler#prepareToDestroy}, and go to a worker thread while the ring is
 * closed. The worker then writes a 1 over the next pointer of a free block: {@code malloc():
 * unaligned tcache chunk detected} (docs/adr/0181-end-of-an-io-uring-loop.md).
 *
 * <p>Of a wake-up that comes from another thread Netty does wait until it has been read, and reads
 * no more behind it. So there always is one.
 */
final class LoopEnd implements IoHandler {
  private final IoHandler loop;

  LoopEnd(IoHandler loop) {
    this.loop = loop;
  }

  /** Loops that end so. */
  static IoHandlerFactory of(IoHandlerFactory loops) {
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new LoopEnd(loops.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return loops.isChangingThreadSupported();
      }
    };
  }

  @Override
  public void destroy() {
    wakeFromAside();
    loop.destroy();
  }

  private void wakeFromAside() {
    Thread aside = Thread.ofPlatform().daemon().name("pglynx-loop-end").start(loop::wakeup);
    boolean interrupted = false;
    while (true) {
      try {
        aside.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the same as ever ----------------------------------------------------------------------

  @Override
  public void initialize() {
    loop.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return loop.run(context);
  }

  @Override
  public void prepareToDestroy() {
    loop.prepareToDestroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return loop.register(handle);
  }

  @Override
  public void wakeup() {
    loop.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return loop.isCompatible(handleType);
  }
}
