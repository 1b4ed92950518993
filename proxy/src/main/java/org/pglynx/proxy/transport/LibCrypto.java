package org.pglynx.proxy.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * What the system's OpenSSL 3 does with RSA keys (man EVP_DigestSign, EVP_PKEY_decrypt). Safe for
 * many threads; no call waits for anything.
 */
final class LibCrypto {
  /** The padding of a signature. */
  enum Padding {
    PKCS1(1),
    PSS(6);

    private final int number;

    Padding(int number) {
      this.number = number;
    }
  }

  private static final String NAME = "libcrypto.so.3";
  private static final int NO_PADDING = 3;

  /** RSA_PSS_SALTLEN_DIGEST: as long as the hash, as TLS has it (RFC 8446 section 4.2.3). */
  private static final int SALT_LIKE_HASH = -1;

  private final MethodHandle readKey;
  private final MethodHandle freeKey;
  private final MethodHandle hash;
  private final MethodHandle newSigning;
  private final MethodHandle freeSigning;
  private final MethodHandle beginSigning;
  private final MethodHandle sign;
  private final MethodHandle padding;
  private final MethodHandle saltLength;
  private final MethodHandle newContext;
  private final MethodHandle freeContext;
  private final MethodHandle beginDecryption;
  private final MethodHandle decrypt;

  private LibCrypto(Symbols symbols) {
    readKey = symbols.pointer("d2i_AutoPrivateKey", ADDRESS, ADDRESS, JAVA_LONG);
    freeKey = symbols.nothing("EVP_PKEY_free", ADDRESS);
    hash = symbols.pointer("EVP_get_digestbyname", ADDRESS);
    newSigning = symbols.pointer("EVP_MD_CTX_new");
    freeSigning = symbols.nothing("EVP_MD_CTX_free", ADDRESS);
    beginSigning =
        symbols.number("EVP_DigestSignInit", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    sign = symbols.number("EVP_DigestSign", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    padding = symbols.number("EVP_PKEY_CTX_set_rsa_padding", ADDRESS, JAVA_INT);
    saltLength = symbols.number("EVP_PKEY_CTX_set_rsa_pss_saltlen", ADDRESS, JAVA_INT);
    newContext = symbols.pointer("EVP_PKEY_CTX_new", ADDRESS, ADDRESS);
    freeContext = symbols.nothing("EVP_PKEY_CTX_free", ADDRESS);
    beginDecryption = symbols.number("EVP_PKEY_decrypt_init", ADDRESS);
    decrypt = symbols.number("EVP_PKEY_decrypt", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  }

  /** The library, if the system has it; it stays loaded. */
  static @Nullable LibCrypto find() {
    try {
      SymbolLookup library = SymbolLookup.libraryLookup(NAME, Arena.global());
      return new LibCrypto(new Symbols(Linker.nativeLinker(), library));
    } catch (IllegalArgumentException | IllegalCallerException _) {
      // It is not there, lacks a function, or native access is not allowed.
      return null;
    }
  }

  /** A key of the library's, from PKCS #8; wiped and given back when nobody holds it any more. */
  MemorySegment key(byte[] encoded) throws GeneralSecurityException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = copy(arena, encoded);
      MemorySegment place = arena.allocate(ADDRESS);
      place.set(ADDRESS, 0, bytes);
      Object read = readKey.invoke(MemorySegment.NULL, place, (long) encoded.length);
      bytes.fill((byte) 0);
      return there(read).reinterpret(Arena.ofAuto(), this::free);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private void free(MemorySegment key) {
    try {
      freeKey.invoke(key);
    } catch (Throwable e) {
      throw new IllegalStateException("EVP_PKEY_free", e);
    }
  }

  /** A signature that is as long as the key. */
  byte[] sign(MemorySegment key, int bytes, String hashName, Padding padded, byte[] input)
      throws GeneralSecurityException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment signing = there(newSigning.invoke());
      try {
        MemorySegment place = arena.allocate(ADDRESS);
        MemorySegment hashing = there(hash.invoke(arena.allocateFrom(hashName)));
        require(beginSigning.invoke(signing, place, hashing, MemorySegment.NULL, key));
        MemorySegment options = place.get(ADDRESS, 0);
        require(padding.invoke(options, padded.number));
        if (padded == Padding.PSS) {
          require(saltLength.invoke(options, SALT_LIKE_HASH));
        }
        MemorySegment out = arena.allocate(bytes);
        MemorySegment length = length(arena, bytes);
        MemorySegment in = copy(arena, input);
        require(sign.invoke(signing, out, length, in, (long) input.length));
        return result(out, length);
      } finally {
        freeSigning.invoke(signing);
      }
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The bare operation with the private key: what is padded how, the caller sees to. */
  byte[] decrypt(MemorySegment key, int bytes, byte[] input) throws GeneralSecurityException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment context = there(newContext.invoke(key, MemorySegment.NULL));
      try {
        require(beginDecryption.invoke(context));
        require(padding.invoke(context, NO_PADDING));
        MemorySegment out = arena.allocate(bytes);
        MemorySegment length = length(arena, bytes);
        MemorySegment in = copy(arena, input);
        require(decrypt.invoke(context, out, length, in, (long) input.length));
        byte[] result = result(out, length);
        out.fill((byte) 0);
        return result;
      } finally {
        freeContext.invoke(context);
      }
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static MemorySegment copy(Arena arena, byte[] bytes) {
    return arena.allocate(Math.max(1, bytes.length)).copyFrom(MemorySegment.ofArray(bytes));
  }

  private static MemorySegment length(Arena arena, long bytes) {
    return arena.allocateFrom(JAVA_LONG, bytes);
  }

  private static byte[] result(MemorySegment out, MemorySegment length) {
    return out.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
  }

  private static MemorySegment there(Object pointer) throws GeneralSecurityException {
    MemorySegment given = (MemorySegment) pointer;
    if (given.equals(MemorySegment.NULL)) {
      throw new GeneralSecurityException(NAME + " gives nothing");
    }
    return given;
  }

  private static void require(Object result) throws GeneralSecurityException {
    if ((int) result != 1) {
      throw new GeneralSecurityException(NAME + " refuses: " + result);
    }
  }

  private static GeneralSecurityException failed(Throwable cause) {
    return cause instanceof GeneralSecurityException known
        ? known
        : new GeneralSecurityException(NAME, cause);
  }

  /** Functions of the library by name. */
  private record Symbols(Linker linker, SymbolLookup library) {
    MethodHandle pointer(String name, MemoryLayout... arguments) {
      return handle(name, FunctionDescriptor.of(ADDRESS, arguments));
    }

    MethodHandle number(String name, MemoryLayout... arguments) {
      return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    MethodHandle nothing(String name, MemoryLayout... arguments) {
      return handle(name, FunctionDescriptor.ofVoid(arguments));
    }

    private MethodHandle handle(String name, FunctionDescriptor kind) {
      MemorySegment function =
          library
              .find(name)
              .orElseThrow(() -> new IllegalArgumentException(NAME + " lacks " + name));
      return linker.downcallHandle(function, kind);
    }
  }
}
