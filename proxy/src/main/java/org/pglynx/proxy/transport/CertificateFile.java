package org.pglynx.proxy.transport;

import java.nio.file.Path;
import java.security.cert.X509Certificate;

/** A PEM file of certificates, for who wants to know about it. */
public final class CertificateFile {
  private CertificateFile() {}

  /**
   * The certificate that such a file shows first; blocks.
   *
   * @throws TlsFileException if there is none
   */
  public static X509Certificate first(Path file) {
    return Pem.certificates(file).getFirst();
  }
}
