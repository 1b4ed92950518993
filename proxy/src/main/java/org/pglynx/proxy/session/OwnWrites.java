package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;

/**
 * When a session may last have written, where it is to read what it wrote: a replica serves it only
 * if it has replayed all until then. Confined to the session's event loop.
 */
final class OwnWrites {
  private final @Nullable Routing routing;
  private final ServerRole usual;
  private boolean any;
  private long lastNanos;

  /**
   * None yet.
   *
   * @param routing null where all statements have the same role
   * @param usual whom the session asks for if its statement does not say
   */
  OwnWrites(@Nullable Routing routing, ServerRole usual) {
    this.routing = routing;
    this.usual = usual;
  }

  /** What was asked of the primary may have changed something, which the session is to see. */
  void mayHaveHappened() {
    any = true;
    lastNanos = System.nanoTime();
  }

  /** A server is used no more that was asked for in this role. */
  void left(ServerRole given) {
    if (given == ServerRole.PRIMARY || given == ServerRole.PREFER_STANDBY || anyAtAll(given)) {
      mayHaveHappened();
    }
  }

  /** Whether all that the session does, writes among it, goes to whichever server there is. */
  private boolean anyAtAll(ServerRole given) {
    return given == ServerRole.ANY
        && (routing == null || routing.setting().role() == ServerRole.ANY);
  }

  /** Whether a server that has replayed what was written until then has all of it. */
  boolean seenAt(long replayedNanos) {
    // A session of standbys alone writes nowhere, and has nobody else to ask.
    return !any || usual == ServerRole.STANDBY || replayedNanos - lastNanos >= 0;
  }
}
