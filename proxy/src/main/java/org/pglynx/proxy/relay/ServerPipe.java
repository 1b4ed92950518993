package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.wire.PgError;

/**
 * A server connection that belongs to one client alone and is never pooled: what the client sends
 * goes to the server as it is, and what the server answers to the client. Confined to the client's
 * event loop.
 */
public interface ServerPipe {
  /** Sends the client's bytes; owns the buffer. */
  void send(ByteBuf run);

  /** Pushes what was sent out to the network. */
  void flush();

  /** Whether more may be sent without piling up. */
  boolean writable();

  /** Reads on, or stops reading, what the server says. */
  void reading(boolean on);

  /** Cancels what the server runs; completes when it has taken the request. */
  CompletionStage<Void> cancel();

  /** Which connection it is, by a name that no other has; empty while it is not there. */
  String ptr();

  /** Takes no more from the server than the rest of a frame whose beginning has passed on. */
  void finish();

  /** The client is gone: closes as soon as all that it has sent is out. */
  void close();

  /** The client's end of the pipe. */
  interface Receiver {
    /**
     * The server has let us in.
     *
     * @param parameters the ParameterStatus frames that it has sent
     */
    void onOpened(byte[] parameters);

    /** There is no connection; nothing else follows. */
    void onRefused(PgError error);

    /** Bytes for the client, in order; the callee owns the buffer. */
    void onReplies(ByteBuf run);

    /** The end of what was read at once: the moment to flush. */
    void onRepliesRead();

    /** More may be sent again. */
    void onServerWritable();

    /**
     * Nothing more comes from the server.
     *
     * @param midFrame whether its last frame has passed on in part only
     */
    void onEnded(boolean midFrame);
  }

  /** Opens pipes to one server. Called on the client's event loop. */
  interface Provider {
    /**
     * Connects and logs in; the receiver hears the outcome.
     *
     * @param startup the client's startup parameters; user and database are the pool's
     */
    ServerPipe open(Map<String, String> startup, Receiver receiver);
  }
}
