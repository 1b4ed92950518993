package org.pglynx.proxy.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file (RFC 7468); text between them is passed over. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*(.*?)\\s*-----END \\1-----", Pattern.DOTALL);

  /** No file with certificates is larger; Debian's bundle of all public authorities has 220 KB. */
  private static final long MAX_BYTES = 8L << 20;

  /** One block: what its first line calls it, and its decoded bytes. */
  static final class Block {
    private final String label;
    private final byte[] der;

    Block(String label, byte[] der) {
      this.label = label;
      this.der = der;
    }

    String label() {
      return label;
    }

    byte[] der() {
      return der;
    }
  }

  private Pem() {}

  static List<Block> blocks(Path file) {
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(text(file));
    while (block.find()) {
      blocks.add(new Block(block.group(1), decoded(file, block.group(2))));
    }
    return blocks;
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TlsFileException(file, "is too large for a PEM file");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new TlsFileException(file, e);
    }
  }

  private static byte[] decoded(Path file, String base64) {
    if (base64.contains(":")) {
      // RFC 1421 headers: Proc-Type and DEK-Info, the mark of an encrypted key of old.
      throw new TlsFileException(file, ENCRYPTED);
    }
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new TlsFileException(file, e);
    }
  }

  /** What to do about a key with a passphrase. */
  static final String ENCRYPTED =
      "the key is encrypted, and nobody is there to type its passphrase; store it decrypted,"
          + " readable by the proxy alone (openssl pkey -in FILE -out FILE)";

  /** All certificates of a file, in its order; at least one. */
  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
        found.add(certificate(file, block.der()));
      }
    }
    if (found.isEmpty()) {
      throw new TlsFileException(file, "contains no certificate in PEM form");
    }
    return List.copyOf(found);
  }

  private static X509Certificate certificate(Path file, byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new TlsFileException(file, e);
    }
  }
}
