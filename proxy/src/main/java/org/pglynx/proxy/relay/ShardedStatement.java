package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;

/** What is known of a statement's text, of a database of several shards. Immutable. */
public interface ShardedStatement {
  /** Whether its parameters say where it goes. */
  boolean needsArguments();

  /**
   * Where an execution goes.
   *
   * @param arguments the values bound to its parameters
   * @param types their types as Parse declares them; fewer, or 0, where it leaves them open
   * @param shards the shards as the session's event loop sees them
   */
  ShardRoute route(Arguments arguments, int[] types, Shards shards);

  /** What it does to its transaction. */
  default TransactionEffect effect() {
    return TransactionEffect.NONE;
  }

  /** What it does with a cursor; null if nothing. */
  default @Nullable CursorUse cursor() {
    return null;
  }

  /** Where it goes if the cursor that it uses is on these. */
  default ShardRoute at(UpstreamProvider servers, Arguments arguments) {
    return new ShardRoute.To(servers);
  }

  /** Where it is prepared, or goes if it is to be described only. */
  ShardRoute anywhere(Shards shards);
}
