package org.pglynx.proxy.admission;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.session.Admissions.Refusal;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Why a caller is not even asked for a password, in Postgres' words (auth.c). */
final class Refusals {
  private Refusals() {}

  static Refusal noRule(Caller caller) {
    String what =
        caller.replication()
            ? "no pg_hba.conf entry for replication connection from host "
            : "no pg_hba.conf entry for host ";
    return of(what + described(caller), "no rule matches");
  }

  static Refusal rejected(Caller caller, String source) {
    String what =
        caller.replication()
            ? "pg_hba.conf rejects replication connection for host "
            : "pg_hba.conf rejects connection for host ";
    return of(what + described(caller), "the rule at " + source + " rejects it");
  }

  static Refusal noCertificate() {
    return of("connection requires a valid client certificate", "it showed no certificate");
  }

  /** The method's own failure. */
  static Refusal failed(HbaMethod method, Caller caller, String reason) {
    String what =
        switch (method) {
          case CERT -> "certificate authentication failed";
          case PEER -> "Peer authentication failed";
          case TRUST -> "\"trust\" authentication failed";
          case REJECT -> "authentication failed";
          case MD5, PASSWORD, SCRAM_SHA_256 -> "password authentication failed";
        };
    return of(what + " for user \"" + caller.user() + '"', reason);
  }

  static Refusal clearText() {
    return new Refusal(
        PgError.fatal(
                SqlState.INVALID_AUTHORIZATION,
                "a password in clear is not asked for over an unencrypted connection")
            .withHint(
                "Connect with sslmode=require, or set allow_plaintext_password = true in the"
                    + " proxy's configuration."),
        "method password without TLS");
  }

  private static Refusal of(String message, String reason) {
    return new Refusal(PgError.fatal(SqlState.INVALID_AUTHORIZATION, message), reason);
  }

  private static String described(Caller caller) {
    String encryption = caller.origin().encrypted() ? "SSL encryption" : "no encryption";
    String database = caller.replication() ? "" : ", database \"" + caller.database() + '"';
    return '"' + host(caller) + "\", user \"" + caller.user() + '"' + database + ", " + encryption;
  }

  private static String host(Caller caller) {
    InetAddress address = caller.origin().address();
    return address == null ? "[local]" : NetUtil.toAddressString(address);
  }
}
