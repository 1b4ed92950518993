package org.pglynx.proxy.app;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admission.AutoPools;
import org.pglynx.proxy.auth.LearnedCredential;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.session.SessionProfile;

/**
 * The server connections of one database and user, configured or made on demand.
 *
 * @param database its part of the configuration
 * @param user its part of the configuration
 * @param servers the connections
 * @param profile the policy of its sessions
 * @param credential what clients teach about the login to the server
 * @param catalog asks the database about its functions; null if there is but one server
 */
record ServerPool(
    PoolConfig database,
    UserConfig user,
    Servers servers,
    SessionProfile profile,
    LearnedCredential credential,
    @Nullable CatalogWatch catalog)
    implements AutoPools.Pool {

  @Override
  public void close() {
    if (catalog != null) {
      catalog.close();
    }
    servers.close();
  }
}
