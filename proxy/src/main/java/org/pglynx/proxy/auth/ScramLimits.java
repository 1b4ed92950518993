package org.pglynx.proxy.auth;

/**
 * Bounds on what a peer may ask for before it has proved anything. Long nonces overflowed
 * PgBouncer's buffers (CVE-2026-6665) and unbounded iteration counts let a server burn a client's
 * CPU (CVE-2026-42198 of pgjdbc); real peers stay far below all of these.
 */
final class ScramLimits {
  /** Longest authentication message, as PG_MAX_AUTH_TOKEN_LENGTH of Postgres. */
  static final int MAX_MESSAGE_BYTES = 65_535;

  static final int MAX_NONCE_BYTES = 1024;
  static final int MAX_SALT_BYTES = 1024;

  /** A second or so of one core. */
  static final int MAX_ITERATIONS = 1_000_000;

  private ScramLimits() {}
}
