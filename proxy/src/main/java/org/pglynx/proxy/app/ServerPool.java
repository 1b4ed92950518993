package org.pglynx.proxy.app;

import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.admission.AutoPools;
import org.pglynx.proxy.auth.LearnedCredential;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.pool.ReplicationPool;
import org.pglynx.proxy.session.SessionProfile;

/**
 * The server connections of one database and user, configured or made on demand.
 *
 * @param database its part of the configuration
 * @param user its part of the configuration
 * @param connections the pooled connections
 * @param replication those of replicating clients
 * @param profile the policy of its sessions
 * @param credential what clients teach about the login to the server
 */
record ServerPool(
    PoolConfig database,
    UserConfig user,
    ConnectionPool connections,
    ReplicationPool replication,
    SessionProfile profile,
    LearnedCredential credential)
    implements AutoPools.Pool {

  /** All server connections at about the same moment. */
  CompletionStage<PoolSnapshot> snapshot() {
    return connections.snapshot().thenApply(pooled -> pooled.plus(replication.snapshot()));
  }

  @Override
  public void close() {
    connections.close();
  }
}
