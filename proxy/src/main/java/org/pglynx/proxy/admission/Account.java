package org.pglynx.proxy.admission;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A user of a database, or all of them that have no account of their own.
 *
 * @param method how it proves who it is, where no rules say it
 * @param secrets what is known about its password
 * @param door what it opens
 */
public record Account(HbaMethod method, Secrets secrets, Door door) {

  /** What an account opens, once a client has proved who it is. Any event loop. */
  public interface Door {
    /**
     * The policy for the client, entered.
     *
     * @param database the database it has named
     * @param user the user it is
     * @param secret what its proof was held against; null if nothing was known
     * @param keys what its SCRAM proof has left; null for another proof
     * @throws PgErrorException if it cannot come in all the same
     */
    SessionProfile enter(
        String database, String user, @Nullable StoredSecret secret, @Nullable ScramKeys keys)
        throws PgErrorException;
  }
}
