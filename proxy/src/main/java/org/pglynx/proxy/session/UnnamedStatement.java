package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;

/**
 * The client's unnamed statement, which must outlive the server on which it was parsed: drivers
 * send Parse and Sync, and bind it later, perhaps several times. Its definition is kept, and parsed
 * again on a server that has it not, in the same write.
 *
 * <pre>
 *           Parse                           server released, or used for a question of the proxy's
 *   NONE ──────────► HERE ────────────────────────────────────────────────► ELSEWHERE
 *    ▲                │ ▲                                                       │
 *    │                │ └───────────────── parsed again ────────────────────────┘
 *    └────────────────┴── Close, Query, a Parse that failed
 * </pre>
 *
 * <p>The bytes are copied into one array that is used again: nothing is allocated for the usual
 * statement. A definition longer than {@link #MAX_KEPT} keeps its server until it is bound, and is
 * then forgotten with it.
 */
final class UnnamedStatement {
  private static final int MAX_KEPT = 256 << 10;
  private static final int LARGE = 16 << 10;
  private static final byte[] NOTHING = {};

  private byte[] definition = NOTHING;
  private int length = -1;
  private int effects;
  private boolean exists;
  private boolean here;
  private boolean awaitsBind;

  /** Whether there is one that the server in use, or the next one, can be given. */
  boolean exists() {
    return exists;
  }

  /** Text, zero and types, if they are kept: for a reader who is done at once. */
  byte @Nullable [] definition() {
    return exists && length >= 0 ? definition : null;
  }

  /** What it leaves in its session. */
  int effects() {
    return exists ? effects : SessionEffects.NONE;
  }

  /** Whether the server must stay, as nothing else holds the definition. */
  boolean needsServer() {
    return awaitsBind;
  }

  /**
   * A Parse of it is sent.
   *
   * @param from where the text begins
   * @param size how many bytes of text and types there are
   * @param whole whether all of them are in the buffer
   */
  void parsed(ByteBuf buffer, int from, int size, boolean whole, int newEffects) {
    exists = true;
    here = true;
    effects = newEffects;
    boolean keeps = whole && size <= MAX_KEPT;
    awaitsBind = !keeps;
    length = keeps ? size : -1;
    if (keeps) {
      if (definition.length < size || (definition.length > LARGE && size < LARGE)) {
        definition = new byte[Math.max(Integer.highestOneBit(Math.max(size - 1, 1)) << 1, 256)];
      }
      buffer.getBytes(from, definition, 0, size);
    }
  }

  /** Whether its use has to be preceded by a Parse. */
  boolean lacking() {
    return !here && length >= 0;
  }

  /** It is used: what the server lacks is parsed ahead of the use. */
  void use(Upstream server) {
    awaitsBind = false;
    if (lacking()) {
      here = true;
      server.parseUnnamed(Arrays.copyOf(definition, length), this::elsewhere);
    }
  }

  /** The server forgets it. */
  void elsewhere() {
    here = false;
    awaitsBind = false;
    exists &= length >= 0;
  }

  /** The batch that parsed it has failed, which may go on without a Bind. */
  void failed() {
    awaitsBind = false;
  }

  /** There is none any more. */
  void gone() {
    exists = false;
    awaitsBind = false;
    length = -1;
  }

  /** As {@link #parsed}, of a definition that the proxy has made. */
  void parsed(byte[] made, int newEffects) {
    parsed(Unpooled.wrappedBuffer(made), 0, made.length, true, newEffects);
  }
}
