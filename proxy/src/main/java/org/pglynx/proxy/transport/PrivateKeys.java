package org.pglynx.proxy.transport;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Reads private keys as OpenSSL writes them: PKCS #8, and the older forms of RSA (PKCS #1) and
 * elliptic curves (SEC 1), which the JDK does not read and which are wrapped into PKCS #8 here.
 */
final class PrivateKeys {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int PARAMETERS = 0xa0;

  /** Version 0. */
  private static final byte[] VERSION = {2, 1, 0};

  /** SEQUENCE { rsaEncryption, NULL }. */
  private static final byte[] RSA = {
    0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** The OID id-ecPublicKey. */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private PrivateKeys() {}

  static PrivateKey read(Path file) {
    byte[] curve = new byte[0];
    for (Pem.Block block : Pem.blocks(file)) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return key(file, block.der());
        }
        case "RSA PRIVATE KEY" -> {
          return key(file, pkcs8(RSA, block.der()));
        }
        case "EC PRIVATE KEY" -> {
          byte[] own = ownCurve(file, block.der());
          byte[] named = own.length == 0 ? curve : own;
          return key(file, pkcs8(tagged(SEQUENCE, EC, named), block.der()));
        }
        case "EC PARAMETERS" -> curve = block.der();
        case "ENCRYPTED PRIVATE KEY" -> throw new TlsFileException(file, Pem.ENCRYPTED);
        default -> {
          // The certificate may be in the same file.
        }
      }
    }
    throw new TlsFileException(file, "contains no private key in PEM form");
  }

  private static PrivateKey key(Path file, byte[] pkcs8) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException _) {
        // A key of another algorithm.
      } catch (GeneralSecurityException e) {
        throw new TlsFileException(file, e);
      }
    }
    throw new TlsFileException(file, "the private key is damaged or of an unknown kind");
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return tagged(SEQUENCE, VERSION, algorithm, tagged(OCTET_STRING, key));
  }

  /**
   * The curve inside ECPrivateKey (RFC 5915): SEQUENCE { version, key, [0] curve, [1] public key }.
   */
  private static byte[] ownCurve(Path file, byte[] key) {
    try {
      int at = valueAt(key, 0);
      while (at < key.length) {
        int value = valueAt(key, at);
        int end = value + lengthAt(key, at);
        if ((key[at] & 0xff) == PARAMETERS) {
          return Arrays.copyOfRange(key, value, end);
        }
        at = end;
      }
      return new byte[0];
    } catch (IndexOutOfBoundsException e) {
      throw new TlsFileException(file, e);
    }
  }

  private static int lengthAt(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return switch (first) {
      case 0x81 -> der[at + 2] & 0xff;
      case 0x82 -> (der[at + 2] & 0xff) << 8 | der[at + 3] & 0xff;
      default -> first;
    };
  }

  private static int valueAt(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first > 0x80 ? first - 0x80 : 0);
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = body.size();
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }
}
