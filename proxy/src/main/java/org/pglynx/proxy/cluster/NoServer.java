package org.pglynx.proxy.cluster;

import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What a client is told for which a cluster has no server. */
final class NoServer {
  private static final String HINT =
      "SHOW REPLICATION in the admin database tells what each server does.";

  private NoServer() {}

  /** Nor is there any hope for one. */
  static PgError now(Cluster cluster, ServerRole role) {
    return error(
        cluster,
        role == ServerRole.PRIMARY ? "has no primary" : "has no replica that can be read from");
  }

  /** It has waited for so long. */
  static PgError since(Cluster cluster, ServerRole role, long nanos) {
    return error(
        cluster,
        "has had no %s for %d ms"
            .formatted(
                role == ServerRole.PRIMARY ? "primary" : "server",
                TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  private static PgError error(Cluster cluster, String what) {
    return PgError.error(SqlState.CANNOT_CONNECT, "the database " + cluster.name() + " " + what)
        .withHint(HINT);
  }
}
