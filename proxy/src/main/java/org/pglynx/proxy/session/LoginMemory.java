package org.pglynx.proxy.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The memory that connections take before they have logged in, all of them together. Whoever can
 * reach the port can take it, so it has a bound of its own, and what goes beyond that is refused
 * before it is buffered. Unix sockets have a part for themselves: who floods the network does not
 * keep out who stands at the machine.
 *
 * <p>Buffered bytes are counted, what a connection and its TLS handshake take else is estimated.
 * Safe for many threads; a {@link Share} belongs to its connection's event loop.
 */
public final class LoginMemory {
  /** A channel with its handlers, its first read buffer, and its login's state. */
  static final int CONNECTION = 8 << 10;

  /** BoringSSL's state amid a handshake, with Netty's buffers around it. */
  static final int TLS = 48 << 10;

  private static final int LOCAL_PART = 8;

  private final Pot network;
  private final Pot local;
  private final AtomicInteger connections = new AtomicInteger();

  /** So many bytes and no more. */
  public LoginMemory(long bytes) {
    this.local = new Pot(bytes / LOCAL_PART);
    this.network = new Pot(bytes - bytes / LOCAL_PART);
  }

  /** How many connections have not logged in yet. */
  public int connections() {
    return connections.get();
  }

  /** How many bytes they take. */
  public long bytes() {
    return network.held.get() + local.held.get();
  }

  /** The share of a connection that has just been accepted. */
  Share open(boolean overUnixSocket) {
    connections.incrementAndGet();
    return new Share(overUnixSocket ? local : network);
  }

  /** Bytes up to a bound; never one too many, and none refused that there is room for. */
  private record Pot(long bound, AtomicLong held) {
    Pot(long bound) {
      this(bound, new AtomicLong());
    }

    boolean take(long bytes) {
      long now = held.get();
      while (now + bytes <= bound) {
        if (held.compareAndSet(now, now + bytes)) {
          return true;
        }
        now = held.get();
      }
      return false;
    }

    void give(long bytes) {
      held.addAndGet(-bytes);
    }
  }

  /** What one connection takes, until it has logged in or is gone. */
  final class Share {
    private final Pot pot;
    private long held;
    private int buffered;
    private boolean over;

    private Share(Pot pot) {
      this.pot = pot;
    }

    /** Takes what every connection needs; false if there is no room. */
    boolean connected() {
      return take(CONNECTION);
    }

    /** Takes what a TLS handshake needs; false if there is no room. */
    boolean encrypts() {
      return take(TLS);
    }

    /** So many bytes are kept of what the client has sent; false if there is no room for them. */
    boolean buffers(int bytes) {
      int more = bytes - buffered;
      if (more > 0 && !take(more)) {
        return false;
      }
      if (more < 0) {
        held += more;
        pot.give(-more);
      }
      buffered = bytes;
      return true;
    }

    private boolean take(long bytes) {
      if (over || !pot.take(bytes)) {
        return false;
      }
      held += bytes;
      return true;
    }

    /** The connection has logged in or is gone; a second call does nothing. */
    void release() {
      if (!over) {
        over = true;
        pot.give(held);
        held = 0;
        connections.decrementAndGet();
      }
    }

    /** Why a connection, or its encryption, is refused. */
    PgError tooMany() {
      return full(SqlState.TOO_MANY_CONNECTIONS, "too many connections are logging in");
    }

    /** Why bytes are refused. */
    PgError tooMuch() {
      return full(SqlState.OUT_OF_MEMORY, "connections that are logging in send too much");
    }

    private PgError full(SqlState state, String what) {
      return PgError.fatal(
              state, "%s: %d of %d bytes in use".formatted(what, pot.held.get(), pot.bound))
          .withHint("login_memory_budget_mb limits what connections take before they log in.");
    }
  }
}
