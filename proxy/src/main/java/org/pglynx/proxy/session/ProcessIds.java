package org.pglynx.proxy.session;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The process ids that clients are told, and what a forwarded cancel request looks like. A proxy on
 * its own uses all positive numbers; one of several marks its own:
 *
 * <pre>
 *   bit 31   30 … 21   20 … 0
 *       0    peer id   session       key of 4 or 32 bytes; one more, 'P', in a forwarded request
 * </pre>
 *
 * <p>The key has no room for a mark in itself: until protocol 3.1 its four bytes are the whole
 * secret.
 */
final class ProcessIds {
  private static final int SESSION_BITS = 21;
  private static final byte MARK = 'P';

  private final int own;
  private final RandomGenerator random;

  /**
   * Numbers for one proxy.
   *
   * @param own its peer id; 0 for a proxy on its own
   */
  ProcessIds(int own, RandomGenerator random) {
    this.own = own;
    this.random = random;
  }

  /** A number that may be in use. */
  int next() {
    return own == 0
        ? random.nextInt(1, Integer.MAX_VALUE)
        : own << SESSION_BITS | random.nextInt(1 << SESSION_BITS);
  }

  /** Whether the number can be of one of our own sessions. */
  boolean ours(int pid) {
    return own == 0 || peer(pid) == own;
  }

  /** Which proxy has given the number. */
  int peer(int pid) {
    return pid >>> SESSION_BITS;
  }

  /** The key as it is forwarded. */
  byte[] marked(byte[] key) {
    byte[] marked = Arrays.copyOf(key, key.length + 1);
    marked[key.length] = MARK;
    return marked;
  }

  /** The key itself, if it comes from another proxy; else the same array. */
  byte[] withoutMark(byte[] key) {
    boolean forwarded = own != 0 && key.length % 2 == 1 && key[key.length - 1] == MARK;
    return forwarded ? Arrays.copyOf(key, key.length - 1) : key;
  }
}
