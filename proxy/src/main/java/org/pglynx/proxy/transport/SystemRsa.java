package org.pglynx.proxy.transport;

import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs handshakes with an RSA key of 2048 bits by the system's OpenSSL, on machines with AVX-512
 * IFMA: OpenSSL 3 uses it, BoringSSL does not, and needs 410 µs for what then takes 230. Nearly all
 * of a handshake is this signature (docs/adr/0191-rsa-by-the-systems-openssl.md).
 */
final class SystemRsa implements OpenSslPrivateKeyMethod {
  private static final Logger LOG = LoggerFactory.getLogger(SystemRsa.class);
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String FEATURE = " avx512ifma";
  // Of TLS (RFC 8446 section 4.2.3), and so of BoringSSL; Netty asks its library for them.
  static final int RSA_PKCS1_SHA1 = 0x0201;
  static final int RSA_PKCS1_SHA256 = 0x0401;
  static final int RSA_PKCS1_SHA384 = 0x0501;
  static final int RSA_PKCS1_SHA512 = 0x0601;
  static final int RSA_PSS_SHA256 = 0x0804;
  static final int RSA_PSS_SHA384 = 0x0805;
  static final int RSA_PSS_SHA512 = 0x0806;

  private static final int KEY_BITS = 2048;
  private static final int KEY_BYTES = KEY_BITS / Byte.SIZE;

  private final LibCrypto library;
  private final MemorySegment key;

  private SystemRsa(LibCrypto library, MemorySegment key) {
    this.library = library;
    this.key = key;
  }

  /** For the identity, if it is faster than BoringSSL with it; else null. */
  static @Nullable SystemRsa ifFaster(TlsIdentity identity) {
    return hasFeature(PROCESSORS) ? of(identity) : null;
  }

  private static boolean hasFeature(Path processors) {
    try (Stream<String> lines = Files.lines(processors, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.startsWith("flags") && line.contains(FEATURE));
    } catch (IOException _) {
      return false;
    }
  }

  /** For the identity, if its key is of the kind and the library is there and right; else null. */
  static @Nullable SystemRsa of(TlsIdentity identity) {
    if (!(identity.key() instanceof RSAPrivateKey rsa)
        || rsa.getModulus().bitLength() != KEY_BITS
        || rsa.getEncoded() == null) {
      return null;
    }
    LibCrypto library = LibCrypto.find();
    return library == null ? null : proven(library, rsa, identity.certificate().getPublicKey());
  }

  /** Nothing is signed by a library that has not signed right once. */
  private static @Nullable SystemRsa proven(
      LibCrypto library, RSAPrivateKey key, PublicKey verifier) {
    try {
      SystemRsa made = new SystemRsa(library, library.key(key.getEncoded()));
      made.prove(verifier);
      LOG.debug("TLS handshakes are signed by the system's OpenSSL");
      return made;
    } catch (GeneralSecurityException e) {
      LOG.warn("the system's OpenSSL does not sign, BoringSSL does: {}", e.getMessage());
      return null;
    }
  }

  private void prove(PublicKey verifier) throws GeneralSecurityException {
    byte[] text = new byte[64];
    new SecureRandom().nextBytes(text);
    Signature pss = Signature.getInstance("RSASSA-PSS");
    pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    pss.initVerify(verifier);
    pss.update(text);
    if (!pss.verify(sign(RSA_PSS_SHA256, text))) {
      throw new GeneralSecurityException("its signature is wrong");
    }
  }

  @Override
  public byte[] sign(SSLEngine engine, int algorithm, byte[] input)
      throws GeneralSecurityException {
    return sign(algorithm, input);
  }

  /** Signs by one of TLS's signature schemes. */
  byte[] sign(int algorithm, byte[] input) throws GeneralSecurityException {
    return library.sign(key, KEY_BYTES, hash(algorithm), padding(algorithm), input);
  }

  private static String hash(int algorithm) throws GeneralSecurityException {
    return switch (algorithm) {
      case RSA_PKCS1_SHA1 -> "SHA1";
      case RSA_PKCS1_SHA256, RSA_PSS_SHA256 -> "SHA256";
      case RSA_PKCS1_SHA384, RSA_PSS_SHA384 -> "SHA384";
      case RSA_PKCS1_SHA512, RSA_PSS_SHA512 -> "SHA512";
      default ->
          throw new GeneralSecurityException(
              "no signature scheme of RSA: 0x" + Integer.toHexString(algorithm));
    };
  }

  private static LibCrypto.Padding padding(int algorithm) {
    return switch (algorithm) {
      case RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 -> LibCrypto.Padding.PSS;
      default -> LibCrypto.Padding.PKCS1;
    };
  }

  /** Of TLS 1.2 without forward secrecy; BoringSSL unpads in constant time. */
  @Override
  public byte[] decrypt(SSLEngine engine, byte[] input) throws GeneralSecurityException {
    return decrypt(input);
  }

  byte[] decrypt(byte[] input) throws GeneralSecurityException {
    return library.decrypt(key, KEY_BYTES, input);
  }
}
