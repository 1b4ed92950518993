package org.pglynx.proxy.session;

import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** What the configuration demands of a client's connection before anybody logs in over it. */
final class TlsDemand {
  private TlsDemand() {}

  /** Why the client cannot go on, in Postgres' words; null if it can. */
  static @Nullable PgError refusal(TlsMode mode, ClientEnd client, Map<String, String> startup) {
    ClientTls tls = client.tls();
    if (!client.offersTls() && tls == null) {
      return null;
    }
    if (mode.required() && tls == null) {
      InetAddress address = client.origin().address();
      String user = startup.getOrDefault("user", "");
      return PgError.fatal(
              SqlState.INVALID_AUTHORIZATION,
              "no pg_hba.conf entry for host \""
                  + (address == null ? "[local]" : address.getHostAddress())
                  + "\", user \""
                  + user
                  + "\", database \""
                  + startup.getOrDefault("database", user)
                  + "\", no encryption")
          .withHint(
              "client_tls_sslmode is \"" + mode.configName() + "\": connect with sslmode=require.");
    }
    if (mode.verifies() && tls != null && tls.certificate() == null) {
      return PgError.fatal(
              SqlState.INVALID_AUTHORIZATION, "connection requires a valid client certificate")
          .withHint("client_tls_sslmode is \"" + mode.configName() + "\".");
    }
    return null;
  }
}
