package org.pglynx.proxy.config.hba;

import java.util.List;

/**
 * One rule about who may come in and how he proves who he is: a record of pg_hba.conf, or an inline
 * rule of the same form. The first rule that matches decides.
 *
 * @param source where it stands, {@code file:line}
 * @param way the way by which the client comes
 * @param databases what it may ask for; one is enough
 * @param users who it may be; one is enough
 * @param address where it may come from
 * @param method how it proves who it is
 * @param map the user map for certificate and peer names; empty for none
 * @param certificate whether a client certificate is asked for besides
 */
public record HbaRule(
    String source,
    Way way,
    List<NameMatch> databases,
    List<NameMatch> users,
    AddressMatch address,
    HbaMethod method,
    String map,
    ClientCertificate certificate) {
  /** Copies the lists. */
  public HbaRule {
    databases = List.copyOf(databases);
    users = List.copyOf(users);
  }

  /** The first field of a record. */
  public enum Way {
    /** Unix socket. */
    LOCAL("local"),
    /** TCP. */
    HOST("host"),
    /** TCP with TLS. */
    HOST_SSL("hostssl"),
    /** TCP without TLS. */
    HOST_NO_SSL("hostnossl"),
    /** TCP with GSSAPI encryption, which is not served: matches nothing. */
    HOST_GSS("hostgssenc"),
    /** TCP without GSSAPI encryption: always so here. */
    HOST_NO_GSS("hostnogssenc");

    private final String word;

    Way(String word) {
      this.word = word;
    }

    /** As it stands in a rule. */
    public String word() {
      return word;
    }
  }

  /** The option {@code clientcert}. */
  public enum ClientCertificate {
    /** Not asked for. */
    NONE,
    /** {@code verify-ca}: one that our CA has signed. */
    VERIFY_CA,
    /** {@code verify-full}: and its common name is the user's, or maps to it. */
    VERIFY_FULL
  }
}
