package org.pglynx.proxy.auth;

/** With what the proxy can log in to a server. */
public sealed interface ServerCredential extends CredentialSource {
  @Override
  default ServerCredential present() {
    return this;
  }

  /** Nothing: only a server that trusts the proxy lets it in. */
  record None() implements ServerCredential {}

  /**
   * What the configuration says. A password serves every method, an md5 hash only md5; a SCRAM
   * verifier alone serves none: it needs the keys of a client's login.
   */
  record Secret(StoredSecret secret) implements ServerCredential {}

  /**
   * What a client's SCRAM login has left behind ({@link Step.Success#keys}); serves a server that
   * stores the very same verifier.
   *
   * @param verifier against which the client has proved itself
   * @param keys recovered from its proof
   */
  record Passthrough(ScramVerifier verifier, ScramKeys keys) implements ServerCredential {}
}
