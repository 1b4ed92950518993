package org.pglynx.proxy.auth;

import org.jspecify.annotations.Nullable;

/**
 * A credential that clients bring with them: the secret against which the last one has proved
 * itself, and the keys that its SCRAM proof has left. So nobody configures a password for servers
 * that store the same secret as the proxy (or are where the proxy has it from).
 *
 * <pre>
 *   nothing ── a password, an md5 hash ──► Secret
 *      └────── a SCRAM verifier ─────────► Secret (serves none) ── SCRAM login ──► Passthrough
 * </pre>
 */
public final class LearnedCredential implements CredentialSource {
  private volatile ServerCredential present;

  /**
   * A credential that may learn.
   *
   * @param known what is known before any client has come; null for nothing
   */
  public LearnedCredential(@Nullable StoredSecret known) {
    present = known == null ? new ServerCredential.None() : new ServerCredential.Secret(known);
  }

  /**
   * A client has come in.
   *
   * @param secret what is known about its password; null teaches nothing
   * @param keys what its SCRAM proof has left; null if it came in otherwise
   */
  public void learn(@Nullable StoredSecret secret, @Nullable ScramKeys keys) {
    if (secret instanceof ScramVerifier verifier) {
      learn(verifier, keys);
    } else if (secret != null) {
      present = new ServerCredential.Secret(secret);
    }
  }

  private void learn(ScramVerifier verifier, @Nullable ScramKeys keys) {
    if (keys != null) {
      present = new ServerCredential.Passthrough(verifier, keys);
    } else if (!holds(verifier)) {
      present = new ServerCredential.Secret(verifier);
    }
  }

  /** Whether the keys of this verifier are here already. */
  private boolean holds(ScramVerifier verifier) {
    return present instanceof ServerCredential.Passthrough(ScramVerifier held, ScramKeys keys)
        && held.equals(verifier);
  }

  @Override
  public ServerCredential present() {
    return present;
  }
}
