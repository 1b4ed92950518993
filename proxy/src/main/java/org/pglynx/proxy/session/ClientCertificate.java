package org.pglynx.proxy.session;

import java.security.cert.X509Certificate;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * Whom a verified client certificate names, as Postgres reads it for the method {@code cert} and
 * {@code clientcert=verify-full}.
 *
 * @param commonName the first CN of the subject; empty if it has none
 * @param distinguishedName the subject in the form of RFC 2253
 */
public record ClientCertificate(String commonName, String distinguishedName) {
  /** What OpenSSL, and so Postgres, calls attributes that RFC 2253 gives no name. */
  private static final Map<String, String> OPENSSL_NAMES =
      Map.of(
          "1.2.840.113549.1.9.1", "emailAddress",
          "2.5.4.4", "SN",
          "2.5.4.5", "serialNumber",
          "2.5.4.12", "title",
          "2.5.4.42", "GN",
          "2.5.4.46", "dnQualifier");

  /**
   * Reads the subject.
   *
   * @throws IllegalArgumentException if a name holds a NUL, behind which C programs do not look
   */
  static ClientCertificate of(X509Certificate certificate) {
    X500Principal subject = certificate.getSubjectX500Principal();
    String distinguished = subject.getName(X500Principal.RFC2253, OPENSSL_NAMES);
    String common = commonName(subject);
    if (common.indexOf('\0') >= 0 || distinguished.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the certificate's name contains an embedded null");
    }
    return new ClientCertificate(common, distinguished);
  }

  private static String commonName(X500Principal subject) {
    try {
      // Rdns are counted from the right of the text, which is the first in the certificate.
      for (Rdn part : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
        javax.naming.directory.Attribute name = part.toAttributes().get("CN");
        if (name != null) {
          return String.valueOf(name.get());
        }
      }
      return "";
    } catch (InvalidNameException e) {
      throw new IllegalArgumentException("the certificate's name cannot be read", e);
    } catch (javax.naming.NamingException e) {
      throw new IllegalArgumentException("the certificate's name has no value", e);
    }
  }
}
