package org.pglynx.proxy.transport;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.util.List;

/**
 * A private key and the certificate made for it.
 *
 * @param key the key
 * @param chain its certificate, then those that signed it
 */
record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = {1, 2, 3, 4};

  /**
   * Reads both, and refuses a pair that does not belong together, as while one is being replaced.
   */
  static TlsIdentity read(Path certificate, Path keyFile) {
    List<X509Certificate> chain = Pem.certificates(certificate);
    PrivateKey key = PrivateKeys.read(keyFile);
    if (!fits(key, chain.getFirst())) {
      throw new TlsFileException(keyFile, "is not the private key of " + certificate);
    }
    return new TlsIdentity(key, chain);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    try {
      Signature signature = Signature.getInstance(algorithm(key));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static String algorithm(PrivateKey key) {
    return switch (key) {
      case ECKey _ -> "SHA256withECDSA";
      case EdECKey _ -> "EdDSA";
      default -> "SHA256withRSA";
    };
  }
}
