package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.wire.PgError;

/** Says who may come in, and with what policy. Called on event loops. */
public interface Admissions {
  /** What is asked of a client that names this database and user; never fails by itself. */
  Admission admit(String database, String user);

  /**
   * How to receive a client.
   *
   * @param method how it must prove who it is
   * @param secret what is known about its password; null goes through a mock exchange
   * @param unknownLike how an unknown user is asked under md5
   * @param profile its policy; null if it cannot come in
   * @param refusal why not, told after the proof; null if there is a profile or nothing to add
   */
  record Admission(
      AuthMethod method,
      @Nullable StoredSecret secret,
      AuthMethod unknownLike,
      @Nullable SessionProfile profile,
      @Nullable PgError refusal) {}
}
