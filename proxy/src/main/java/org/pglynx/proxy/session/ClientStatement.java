package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.route.RoutePlan;

/** What a statement name of the client stands for. */
sealed interface ClientStatement {
  /** A statement of the server, known there by another name. */
  final class OnServer implements ClientStatement {
    private final int generation;
    private final int effects;
    private final SqlNames names;
    private ServerStatement statement;
    private boolean described;
    private @Nullable RoutePlan plan;

    /**
     * A statement.
     *
     * @param generation of the server's name, see {@link StatementRegistry#generation}
     * @param effects what it leaves in its session, of {@code SessionEffects}
     * @param names the other statements that its text names
     */
    OnServer(ServerStatement statement, int generation, int effects, SqlNames names) {
      this.statement = statement;
      this.generation = generation;
      this.effects = effects;
      this.names = names;
    }

    ServerStatement statement() {
      return statement;
    }

    int generation() {
      return generation;
    }

    int effects() {
      return effects;
    }

    SqlNames names() {
      return names;
    }

    /** Whether the client has asked for its columns, or its portal's, and may count on them. */
    boolean described() {
      return described;
    }

    /** The client asks for its columns. */
    void describes() {
      described = true;
    }

    /** What it does; found out when it is first used. */
    RoutePlan plan(Routing routing) {
      RoutePlan known = plan;
      if (known == null) {
        known = routing.plan(statement.definition());
        plan = known;
      }
      return known;
    }

    /** It is known that it is the same as another one. */
    void becomes(ServerStatement shared) {
      statement = shared;
    }
  }

  /**
   * A statement of the server whose rows are transformed.
   *
   * @param statement its name there, or null if the client's own name is used
   */
  record Rewritten(@Nullable ServerStatement statement, RowRewrite rewrite)
      implements ClientStatement {}

  /** A statement that the proxy answers. */
  record Local(LocalStatement statement) implements ClientStatement {}

  /** What the server knows it as; null if the server does not, or by the client's own name. */
  static @Nullable ServerStatement onServer(@Nullable ClientStatement statement) {
    return switch (statement) {
      case OnServer known -> known.statement();
      case Rewritten rewritten -> rewritten.statement();
      case Local own -> null;
      case null -> null;
    };
  }
}
