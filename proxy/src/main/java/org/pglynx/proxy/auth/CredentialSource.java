package org.pglynx.proxy.auth;

/** Gives what the proxy logs in to a server with, asked anew for each connection. Any thread. */
public interface CredentialSource {
  /** The credential as it is now. */
  ServerCredential present();
}
