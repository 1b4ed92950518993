package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.wire.PgError;

/**
 * Sends a cancel request, and waits until the server has taken it.
 *
 * <pre>
 *   ACTIVE: sent ── the server closes the connection ──► taken
 *        └── too late, or the connection breaks ───────► may be taken at any later time
 * </pre>
 */
final class CancelHandler extends ServerTls.User {
  private static final int CANCEL_REQUEST = 80877102;
  private static final int TIMEOUT_MILLIS = 5_000;

  private final CompletableFuture<Void> taken;
  private final int pid;
  private final byte[] key;

  CancelHandler(CompletableFuture<Void> taken, int pid, byte[] key) {
    this.taken = taken;
    this.pid = pid;
    this.key = key;
  }

  @Override
  void encrypted(ChannelBinding binding) {
    // The request is the same.
  }

  @Override
  void refused(PgError error) {
    taken.complete(null);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ByteBuf request = context.alloc().buffer(12 + key.length);
    request.writeInt(12 + key.length).writeInt(CANCEL_REQUEST).writeInt(pid).writeBytes(key);
    context.writeAndFlush(request);
    Future<?> _ =
        context.executor().schedule(() -> tooLate(context), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tooLate(ChannelHandlerContext context) {
    taken.completeExceptionally(new TimeoutException("a cancel request was not taken in time"));
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    taken.complete(null);
  }

  /** A server that has taken it closes; what was on the way when a connection broke, may come. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    taken.completeExceptionally(cause);
    context.close();
  }
}
