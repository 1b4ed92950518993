package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.Map;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;

/** A connection that logs in to its server: says as whom, and hears what comes of it. */
abstract class Newcomer {
  /** The server and the login. */
  abstract BackendTarget target();

  /** What the startup packet asks for besides user and database. */
  abstract Map<String, String> asked();

  /** A ParameterStatus frame. */
  abstract void noteParameter(ByteBuf buffer, int offset, int length);

  /** The body of BackendKeyData. */
  abstract void noteKey(byte[] body);

  /** Handles the channel's events from the end of the login on. */
  abstract ChannelHandler handler();

  /**
   * The login is over.
   *
   * @param read holds what the server has sent behind it
   */
  abstract void loggedIn(Channel established, FrameScanner read);

  /** There is no connection. */
  abstract void loginFailed(PgError error);
}
