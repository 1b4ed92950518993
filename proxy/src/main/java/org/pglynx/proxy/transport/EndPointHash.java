package org.pglynx.proxy.transport;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;

/** The channel binding tls-server-end-point (RFC 5929 section 4.1). */
public final class EndPointHash {
  private static final byte[] NONE = {};

  private EndPointHash() {}

  /**
   * The hash of a server's certificate, by the hash function of its signature; SHA-256 in place of
   * MD5 and SHA-1. Empty if the signature has no single hash function, as with Ed25519: the channel
   * cannot be bound then.
   */
  public static byte[] of(X509Certificate certificate) {
    try {
      String function = function(certificate);
      return function.isEmpty()
          ? NONE
          : MessageDigest.getInstance(function).digest(certificate.getEncoded());
    } catch (GeneralSecurityException _) {
      return NONE;
    }
  }

  private static String function(X509Certificate certificate) throws GeneralSecurityException {
    String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (name.equals("RSASSA-PSS")) {
      return atLeastSha256(pssFunction(certificate));
    }
    int with = name.indexOf("WITH");
    return with < 0 ? "" : atLeastSha256(name.substring(0, with));
  }

  private static String pssFunction(X509Certificate certificate) throws GeneralSecurityException {
    java.security.AlgorithmParameters parameters =
        java.security.AlgorithmParameters.getInstance("RSASSA-PSS");
    try {
      parameters.init(certificate.getSigAlgParams());
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
    return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
  }

  /** SHA256 and SHA-256 are both in use as names. */
  private static String atLeastSha256(String function) {
    return switch (function.replace("-", "")) {
      case "MD5", "SHA1", "SHA256" -> "SHA-256";
      case "SHA224" -> "SHA-224";
      case "SHA384" -> "SHA-384";
      case "SHA512" -> "SHA-512";
      default -> "";
    };
  }
}
