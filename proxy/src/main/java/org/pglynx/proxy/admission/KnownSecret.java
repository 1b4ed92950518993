package org.pglynx.proxy.admission;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.StoredSecret;

/**
 * What is known about a user's password.
 *
 * @param exists whether there is such a user
 * @param secret its secret; null if it has none, or does not exist
 * @param remembered whether it comes from memory, and a question may give another
 */
public record KnownSecret(boolean exists, @Nullable StoredSecret secret, boolean remembered) {
  static final KnownSecret UNKNOWN = new KnownSecret(false, null, false);

  static KnownSecret of(@Nullable StoredSecret secret) {
    return new KnownSecret(true, secret, false);
  }

  KnownSecret fromMemory() {
    return new KnownSecret(exists, secret, true);
  }

  /** The same, of a user that the configuration names. */
  KnownSecret named() {
    return new KnownSecret(true, secret, remembered);
  }
}
