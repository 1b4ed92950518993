package org.pglynx.proxy.sql;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What all texts have in common that differ in literals, blanks, comments and the case of key words
 * only: the key of a plan. {@link Normalizer} writes the one that a text is looked up by, and uses
 * it for the next text; {@link #copy} is what a cache keeps.
 *
 * <p>Where a literal stood there is a byte that no token has, one for each kind: {@code date '…'}
 * can never be taken for an operator between two names.
 */
public final class NormalText {
  /** A string was here. */
  static final byte STRING = 1;

  /** A number was here. */
  static final byte NUMBER = 2;

  /** A string of bits was here. */
  static final byte BITS = 3;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private byte[] bytes;
  private int length;
  private long hash;

  NormalText(int capacity) {
    this.bytes = new byte[capacity];
  }

  private NormalText(byte[] bytes, long hash) {
    this.bytes = bytes;
    this.length = bytes.length;
    this.hash = hash;
  }

  /** Begins anew, with room for so many bytes. */
  void clear(int room) {
    length = 0;
    if (bytes.length < room) {
      bytes = new byte[Math.max(room, 2 * bytes.length)];
    }
  }

  /** Adds one byte, for which there must be room. */
  void add(byte value) {
    bytes[length++] = value;
  }

  /** Adds bytes as they are. */
  void add(byte[] from, int start, int end) {
    System.arraycopy(from, start, bytes, length, end - start);
    length += end - start;
  }

  /** Adds bytes with the letters of ASCII in lower case, as the server folds names. */
  void addLower(byte[] from, int start, int end) {
    for (int i = start; i < end; i++) {
      byte c = from[i];
      bytes[length++] = c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
    }
  }

  /** All is added. */
  void finish() {
    long mixed = length * PRIME;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      mixed = mix(mixed, (long) LONGS.get(bytes, i));
    }
    long rest = 0;
    for (; i < length; i++) {
      rest = rest << 8 | bytes[i] & 0xff;
    }
    hash = mix(mixed, rest);
  }

  private static long mix(long hash, long value) {
    long product = (hash ^ value) * PRIME;
    return product ^ product >>> 32;
  }

  /** How many bytes it has. */
  public int length() {
    return length;
  }

  /** A number that tells it from others, for people and statistics. */
  public long fingerprint() {
    return hash;
  }

  /** One that stays as it is. */
  public NormalText copy() {
    return new NormalText(Arrays.copyOf(bytes, length), hash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NormalText that
        && hash == that.hash
        && Arrays.equals(bytes, 0, length, that.bytes, 0, that.length);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }

  /** With {@code ?} for each literal. */
  @Override
  public String toString() {
    byte[] shown = Arrays.copyOf(bytes, length);
    for (int i = 0; i < length; i++) {
      shown[i] = shown[i] >= STRING && shown[i] <= BITS ? (byte) '?' : shown[i];
    }
    return new String(shown, StandardCharsets.UTF_8);
  }
}
