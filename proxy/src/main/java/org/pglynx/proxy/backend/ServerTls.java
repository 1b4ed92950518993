package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.transport.CloseGuard;
import org.pglynx.proxy.transport.TlsDialer;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Asks a server for TLS, and makes room for the handler that the connection is for.
 *
 * <pre>
 * ACTIVE ── SSLRequest ──► ASKED ── 'S' alone ──► HANDSHAKE ── completed ──► encrypted
 *                            │ 'N' alone ──► plain, if the mode lets it
 *                            └ anything else, timeout, EOF, failed handshake ──► refused
 * </pre>
 */
final class ServerTls extends ChannelInboundHandlerAdapter {
  private static final int SSL_REQUEST = 80877103;

  /** What the connection is for. */
  abstract static class User extends ChannelInboundHandlerAdapter {
    /** Encrypted from now on; {@link #channelActive} follows. */
    abstract void encrypted(ChannelBinding binding);

    /** There is no connection as it was wanted; it has been closed, and no event follows. */
    abstract void refused(PgError error);
  }

  private final BackendTarget target;
  private final TlsDialer dialer;
  private final User user;
  private @Nullable SslHandler handshake;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean over;

  ServerTls(BackendTarget target, TlsDialer dialer, User user) {
    this.target = target;
    this.dialer = dialer;
    this.user = user;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(context.alloc().buffer(8).writeInt(8).writeInt(SSL_REQUEST));
    timeout =
        context
            .executor()
            .schedule(
                () -> refuse(context, "the server did not finish the handshake in time"),
                target.connectTimeoutMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (!over && handshake == null && in.isReadable()) {
        answered(context, in.readByte(), in.isReadable());
      } else if (!over) {
        refuse(context, "received data before the end of the TLS handshake");
      }
    } finally {
      in.release();
    }
  }

  /**
   * Bytes behind the answer are not encrypted, whoever sent them: none is used (CVE-2021-3935). An
   * error message is not shown either, as nobody vouches for it (CVE-2024-10977).
   */
  private void answered(ChannelHandlerContext context, byte answer, boolean more) {
    switch (answer) {
      case 'S', 'N' -> {
        if (more) {
          refuse(context, "received unencrypted data after SSL response");
        } else if (answer == 'S') {
          begin(context);
        } else if (target.tls().mode().required()) {
          refuse(context, "the server does not support TLS, but server_tls_sslmode requires it");
        } else {
          handOver(context);
        }
      }
      case 'E' -> refuse(context, "the server sent an error response during SSL exchange");
      default -> refuse(context, "received invalid response to SSL negotiation: " + answer);
    }
  }

  private void begin(ChannelHandlerContext context) {
    SslHandler begun = dialer.begin(context.alloc(), target.host(), target.port());
    handshake = begun;
    CloseGuard.addBehind(context.pipeline(), "tls", begun);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    SslHandler done = handshake;
    if (over || done == null || !(event instanceof SslHandshakeCompletionEvent completion)) {
      return;
    }
    if (completion.isSuccess()) {
      user.encrypted(ChannelBinding.endPoint(TlsDialer.endPoint(done)));
      handOver(context);
    } else {
      refuse(context, "the TLS handshake failed: " + reason(completion.cause()));
    }
  }

  /** The innermost cause is the one that says what is wrong with a certificate. */
  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private void handOver(ChannelHandlerContext context) {
    finish();
    context.pipeline().replace(this, null, user);
    ChannelHandlerContext next = context.pipeline().context(user);
    try {
      user.channelActive(next);
    } catch (Exception e) {
      next.fireExceptionCaught(e);
    }
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (!over) {
      finish();
      context.close();
      user.refused(
          PgError.error(
                  SqlState.CANNOT_CONNECT,
                  "cannot connect to the server at " + target.describe() + " by TLS")
              .withDetail(why));
    }
  }

  private void finish() {
    over = true;
    ScheduledFuture<?> running = timeout;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    refuse(context, "the server closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(context, reason(cause));
  }
}
