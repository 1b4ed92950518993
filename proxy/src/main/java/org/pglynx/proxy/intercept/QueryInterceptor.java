package org.pglynx.proxy.intercept;

import io.netty.buffer.ByteBuf;

/**
 * Looks at the text of each Query and Parse message of a session before it is routed. Stateless and
 * shared by all sessions of a profile; called on event loops.
 */
public interface QueryInterceptor {
  /**
   * The cheap test: whether the text may concern this interceptor at all. Runs for every statement,
   * so it allocates nothing and only scans bytes.
   *
   * @param buffer holds the text
   * @param offset index of the text's first byte
   * @param length bytes of text, without the closing zero
   */
  boolean concerns(ByteBuf buffer, int offset, int length);

  /** Whether statements pass that are too long to be shown to this interceptor. */
  default boolean passesUnread() {
    return true;
  }

  /**
   * Whether the proxy answers or refuses a statement that {@link #concerns} let through, so that no
   * server is needed. Asked ahead of {@link #intercept} where it is not known yet which server that
   * would be.
   */
  default boolean answers(String sql, int[] parameterTypes, boolean simple) {
    return false;
  }

  /**
   * Decides about a statement that {@link #concerns} let through.
   *
   * @param sql the message's text, which may hold several statements
   * @param parameterTypes type OIDs that Parse declares, 0 where it leaves them open; empty for
   *     Query
   * @param simple whether the text came in a Query message
   */
  Decision intercept(String sql, int[] parameterTypes, boolean simple);
}
