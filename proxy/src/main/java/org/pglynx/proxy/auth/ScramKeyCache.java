package org.pglynx.proxy.auth;

import org.jspecify.annotations.Nullable;

/**
 * The keys with which the proxy has logged in to servers, so that the second connection of a pool
 * costs no derivation. Bounded: a server that sends ever new salts only empties it. Safe for many
 * threads.
 */
public final class ScramKeyCache {
  private final DerivationCache<ScramKeyRequest, ScramKeys> keys;

  /**
   * A cache with nothing in it.
   *
   * @param capacity how many pairs of keys are kept: one a (server, user) is enough
   */
  public ScramKeyCache(int capacity) {
    this.keys = new DerivationCache<>(capacity);
  }

  /** Derives the keys unless they are there. Takes a millisecond or more: not on an event loop. */
  public ScramKeys derive(ScramKeyRequest request) {
    return keys.derive(request, request::derive);
  }

  @Nullable ScramKeys ready(ScramKeyRequest request) {
    return keys.ready(request);
  }
}
