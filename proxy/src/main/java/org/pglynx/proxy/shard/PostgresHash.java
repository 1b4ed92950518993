package org.pglynx.proxy.shard;

/**
 * The hash functions by which Postgres places rows in hash partitions: Bob Jenkins' lookup3 as in
 * common/hashfn.c, with the seed of partitioning (partitioning/partbounds.c). Values are those of
 * little-endian servers, which all supported platforms but s390x are.
 */
final class PostgresHash {
  /** HASH_PARTITION_SEED of catalog/partition.h. */
  private static final long SEED = 0x7A5B22367996DCFDL;

  private static final int INITIAL = 0x9e3779b9 + 3923095;

  /** The constant of hash_combine64 (common/hashfn.h). */
  private static final long COMBINE = 0x49a0f4dd15e5a8e3L;

  private int a;
  private int b;
  private int c;

  private PostgresHash(int length) {
    a = INITIAL + length;
    b = a;
    c = a;
    a += (int) (SEED >>> 32);
    b += (int) SEED;
    mix();
  }

  /** Of an int2, int4 or int8: equal for equal numbers (hashint8extended). */
  static long ofLong(long value) {
    int low = (int) value;
    int high = (int) (value >>> 32);
    PostgresHash hash = new PostgresHash(Integer.BYTES);
    hash.a += low ^ (value >= 0 ? high : ~high);
    return hash.end();
  }

  /** Of the bytes of a text or a uuid (hash_bytes_extended). */
  static long ofBytes(byte[] bytes) {
    PostgresHash hash = new PostgresHash(bytes.length);
    int at = 0;
    for (; bytes.length - at >= 12; at += 12) {
      hash.a += word(bytes, at);
      hash.b += word(bytes, at + 4);
      hash.c += word(bytes, at + 8);
      hash.mix();
    }
    hash.a += word(bytes, at);
    hash.b += word(bytes, at + 4);
    // The lowest byte of c holds the length already.
    hash.c += word(bytes, at + 8) << 8;
    return hash.end();
  }

  /** Adds the hash of one more key column (hash_combine64). */
  static long combine(long row, long hash) {
    return row ^ (hash + COMBINE + (row << 54) + (row >>> 7));
  }

  /** Four bytes, the first the lowest; those beyond the end are zero. */
  private static int word(byte[] bytes, int at) {
    int word = 0;
    for (int i = Math.min(at + 4, bytes.length) - 1; i >= at; i--) {
      word = word << 8 | bytes[i] & 0xff;
    }
    return word;
  }

  private void mix() {
    step(4);
    turn(6);
    last(8);
    step(16);
    turn(19);
    last(4);
  }

  private void step(int bits) {
    a -= c;
    a ^= Integer.rotateLeft(c, bits);
    c += b;
  }

  private void turn(int bits) {
    b -= a;
    b ^= Integer.rotateLeft(a, bits);
    a += c;
  }

  private void last(int bits) {
    c -= b;
    c ^= Integer.rotateLeft(b, bits);
    b += a;
  }

  private long end() {
    c = (c ^ b) - Integer.rotateLeft(b, 14);
    a = (a ^ c) - Integer.rotateLeft(c, 11);
    b = (b ^ a) - Integer.rotateLeft(a, 25);
    c = (c ^ b) - Integer.rotateLeft(b, 16);
    a = (a ^ c) - Integer.rotateLeft(c, 4);
    b = (b ^ a) - Integer.rotateLeft(a, 14);
    c = (c ^ b) - Integer.rotateLeft(b, 24);
    return (long) b << 32 | c & 0xffffffffL;
  }
}
