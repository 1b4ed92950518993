package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.sql.ListenText;

/**
 * Where a session listens: through its pool's {@link NotificationHub}, or on a server of its own.
 * Nothing is kept for a session that never does.
 */
final class Channels {
  private final Session session;
  private final @Nullable NotificationHub hub;
  private @Nullable Listening listening;

  /**
   * Without channels.
   *
   * @param hub null where nothing can listen for the session
   */
  Channels(Session session, @Nullable NotificationHub hub) {
    this.session = session;
    this.hub = hub;
  }

  /** Whether LISTEN may be answered here at all. */
  boolean mayListen() {
    return !session.profile().sessionPooling() && hub != null;
  }

  /**
   * Whether the statement can be answered here. Not for a client that reads another encoding than
   * the shared connection, nor where the client's server listens itself, for a text that does more.
   */
  boolean listens(ListenText text) {
    if (!session.readsUtf8()) {
      return false;
    }
    Listening own = listening;
    if (session.state().listensItself()) {
      if (own != null && !text.listens() && !session.inTransaction()) {
        own.remove(text.channel());
      }
      return false;
    }
    return true;
  }

  /** The channels of this session; made when it first uses one. */
  Listening listening() {
    Listening own = listening;
    if (own == null && hub != null) {
      own = new Listening(session, hub);
      listening = own;
    }
    if (own == null) {
      throw new IllegalStateException("nothing listens for this session");
    }
    return own;
  }

  /** The same, or null if it has never used one. */
  @Nullable Listening ifAny() {
    return listening;
  }

  /** Whether frames wait for what was sent on a channel before the session had its server. */
  boolean attaching() {
    Listening own = listening;
    return own != null && own.attaching();
  }

  /** Passes on what has come, if the client waits for nothing. */
  void deliver() {
    Listening own = listening;
    if (own != null) {
      own.deliver();
    }
  }

  /** See {@link Listening#beforeReady}. */
  boolean beforeReady(byte status) {
    Listening own = listening;
    return own == null || own.beforeReady(status);
  }

  /** See {@link Listening#beforeOwnReady}. */
  void beforeOwnReady(ByteBuf reply) {
    Listening own = listening;
    if (own != null) {
      own.beforeOwnReady(reply);
    }
  }

  /** DISCARD ALL has run. */
  void discard() {
    Listening own = listening;
    if (own != null) {
      own.remove(null);
    }
  }

  /** The session ends. */
  void close() {
    Listening own = listening;
    if (own != null) {
      own.close();
    }
  }
}
