package org.pglynx.proxy.app.rehearsal;

import java.nio.file.Path;

/**
 * The proxy of a rehearsal. Its second pool has the proxy itself for a server, over TLS and with
 * SCRAM: so both ends of both are rehearsed, and nobody has to play the other end.
 */
public final class RehearsalConfig {
  /** The pool in front of the canned server. */
  static final String PLAIN = "plain";

  /** The pool in front of the proxy itself. */
  static final String GUARDED = "guarded";

  /** May come in without a password. */
  static final String USER = "rehearsal";

  static final String ADMIN = "admin";

  private RehearsalConfig() {}

  /** In TOML. */
  public static String text(int port, int serverPort, SelfSigned identity) {
    return """
    [general]
    host = "127.0.0.1"
    port = %1$d
    warm_up = 150
    admin_username = "admin"
    admin_auth_type = "trust"
    tls_certificate = "%3$s"
    tls_private_key = "%4$s"

    [pools.plain]
    pool_mode = "transaction"
    [pools.plain.users.0]
    username = "rehearsal"
    auth_type = "trust"
    pool_size = 2
    [pools.plain.users.1]
    username = "guarded"
    password = "rehearsal"
    auth_type = "scram-sha-256"
    pool_size = 2
    [pools.plain.shards.0]
    database = "plain"
    servers = [["127.0.0.1", %2$d, "primary"]]

    [pools.guarded]
    server_tls_sslmode = "require"
    [pools.guarded.users.0]
    username = "rehearsal"
    auth_type = "trust"
    server_username = "guarded"
    server_password = "rehearsal"
    pool_size = 2
    [pools.guarded.shards.0]
    database = "plain"
    servers = [["127.0.0.1", %1$d, "primary"]]
    """
        .formatted(port, serverPort, path(identity.certificate()), path(identity.key()));
  }

  private static String path(Path file) {
    return file.toString().replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
