package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.stats.Socket;

/** The client's connection as a session sees it. Confined to its event loop. */
public interface ClientEnd {
  /** Queues bytes; owns the buffer. */
  void write(ByteBuf frames);

  /** Pushes what was written out to the network. */
  void flush();

  /** Whether more may be written without piling up. */
  boolean writable();

  /** Reads on, or stops reading. */
  void reading(boolean on);

  /** Closes once all that was written is out, in a way that the client reads it. */
  void close();

  /**
   * Closes once all that was written is out; the client has said that it leaves, and reads no more.
   */
  void hangUp();

  /** Hands all later events to another stage. */
  void become(Stage next);

  /** The connection's event loop. */
  ScheduledExecutorService loop();

  /** Whether the calling thread is the event loop's. */
  boolean onLoop();

  /** Where buffers come from. */
  ByteBufAllocator allocator();

  /** The client's address, for messages. */
  String remoteAddress();

  /** Which connection it is. */
  Socket socket();

  /** Where the client comes from; whether by TLS is settled before a startup packet is read. */
  Origin origin();

  /** Whether the client gets TLS if it asks for it; never over a Unix socket. */
  boolean offersTls();

  /** Begins the TLS handshake: what comes from now on is what the client has encrypted. */
  void startTls();

  /**
   * What the TLS handshake told, known before any byte that came through it; null while the
   * connection is plain.
   */
  @Nullable ClientTls tls();

  /** What a login over this connection is bound to. */
  default ChannelBinding channelBinding() {
    ClientTls known = tls();
    return known == null ? ChannelBinding.NONE : known.channelBinding();
  }

  /** What a connection's events mean at one time of its life. */
  interface Stage {
    /** Whether a TLS handshake may begin that nobody has asked for: the client begins with it. */
    default boolean takesHandshake() {
      return true;
    }

    /** Bytes have come; owns the buffer. */
    void onRead(ByteBuf in);

    /** The end of what was read at once. */
    void onReadComplete();

    /** More may be written again. */
    void onWritable();

    /** The connection is gone. */
    void onClosed();
  }
}
