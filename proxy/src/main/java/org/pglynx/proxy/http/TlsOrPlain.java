package org.pglynx.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.transport.TlsAcceptor;

/**
 * Speaks TLS with those that do, on the port that serves others in clear: so whoever scrapes
 * metrics needs no certificate, and whoever types a password has one.
 */
final class TlsOrPlain extends ByteToMessageDecoder {
  /** The content type of a TLS handshake record; no method of HTTP begins so. */
  private static final byte HANDSHAKE = 0x16;

  private final Supplier<@Nullable TlsAcceptor> tls;

  /**
   * @param tls how; gives null if nobody gets it
   */
  TlsOrPlain(Supplier<@Nullable TlsAcceptor> tls) {
    this.tls = tls;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (!in.isReadable()) {
      return;
    }
    if (in.getByte(in.readerIndex()) != HANDSHAKE) {
      context.pipeline().remove(this);
      return;
    }
    TlsAcceptor acceptor = tls.get();
    if (acceptor == null) {
      in.skipBytes(in.readableBytes());
      context.close();
      return;
    }
    context.pipeline().replace(this, "tls", acceptor.begin(context.channel()).handler());
  }
}
