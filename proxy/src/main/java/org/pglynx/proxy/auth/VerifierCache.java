package org.pglynx.proxy.auth;

import org.jspecify.annotations.Nullable;

/**
 * The SCRAM verifiers of users whose password is known in clear, each derived once. The salt
 * depends on the process and the user only. Safe for many threads.
 *
 * <p>Make the capacity at least the number of configured users: a verifier that has been dropped
 * must be derived again before its user can log in.
 */
public final class VerifierCache {
  private final ProcessSecret process;
  private final int iterations;
  private final DerivationCache<Key, ScramVerifier> verifiers;

  /**
   * A cache with nothing in it.
   *
   * @param iterations for the verifiers derived here and for the mocks of unknown users; give the
   *     count that stored verifiers have, or unknown users can be told by it
   * @param capacity how many verifiers are kept
   */
  public VerifierCache(ProcessSecret process, int iterations, int capacity) {
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
    }
    this.process = process;
    this.iterations = iterations;
    this.verifiers = new DerivationCache<>(capacity);
  }

  /** The verifier if it has been derived before; never blocks. */
  public @Nullable ScramVerifier ready(String user, StoredSecret.Plain password) {
    return verifiers.ready(new Key(user, password));
  }

  /** Derives the verifier unless it is there. Takes a millisecond or more: not on an event loop. */
  public ScramVerifier derive(String user, StoredSecret.Plain password) {
    return verifiers.derive(
        new Key(user, password),
        () -> ScramVerifier.derive(password.password(), process.salt(user), iterations));
  }

  /** What an unknown user is asked for. */
  ScramVerifier mock(String user) {
    return process.mockVerifier(user, iterations);
  }

  private record Key(String user, StoredSecret.Plain password) {}
}
