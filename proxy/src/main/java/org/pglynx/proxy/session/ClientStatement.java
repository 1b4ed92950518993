package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;

/** What a statement name of the client stands for. */
sealed interface ClientStatement {
  /**
   * A statement of the server, known there by another name.
   *
   * @param effects what it leaves in its session, of {@code SessionEffects}
   * @param generation of the server's name, see {@link StatementRegistry#generation}
   * @param names the other statements that its text names
   */
  record OnServer(ServerStatement statement, int generation, int effects, SqlNames names)
      implements ClientStatement {}

  /**
   * A statement of the server whose rows are transformed.
   *
   * @param statement its name there, or null if the client's own name is used
   */
  record Rewritten(@Nullable ServerStatement statement, RowRewrite rewrite)
      implements ClientStatement {}

  /** A statement that the proxy answers. */
  record Local(LocalStatement statement) implements ClientStatement {}
}
