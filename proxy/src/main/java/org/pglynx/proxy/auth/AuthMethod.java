package org.pglynx.proxy.auth;

/** How a client must prove who it is. */
public enum AuthMethod {
  /** No proof; the caller has already decided that this user may come in. */
  TRUST,
  /** The password in clear; the caller has seen to it that nobody can listen. */
  PASSWORD,
  /**
   * The salted MD5 exchange, or SCRAM where the stored secret is a SCRAM verifier (as PgBouncer and
   * Postgres do).
   */
  MD5,
  /** SCRAM-SHA-256 of RFC 5802 and RFC 7677, without channel binding. */
  SCRAM_SHA_256
}
