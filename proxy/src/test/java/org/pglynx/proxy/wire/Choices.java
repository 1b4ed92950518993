package org.pglynx.proxy.wire;

import java.util.Arrays;
import java.util.List;

/**
 * Decisions read from the bytes of an input: a fuzzer that changes bytes changes decisions. An
 * input that is used up decides for 0 from then on.
 */
public final class Choices {
  private final byte[] input;
  private int at;

  public Choices(byte[] input) {
    this.input = input;
  }

  /** Whether the input has more to decide. */
  public boolean more() {
    return at < input.length;
  }

  /** One byte as it is. */
  public byte next() {
    return at < input.length ? input[at++] : 0;
  }

  /** A number from 0 to 255, below the given one. */
  public int below(int count) {
    return (next() & 0xff) % count;
  }

  public boolean flag() {
    return (next() & 1) == 1;
  }

  public <T> T of(List<T> all) {
    return all.get(below(all.size()));
  }

  /** So many of the input's bytes; fewer at its end. */
  public byte[] bytes(int count) {
    int to = Math.min(input.length, at + count);
    byte[] taken = Arrays.copyOfRange(input, at, to);
    at = to;
    return taken;
  }

  /** All that is left. */
  public byte[] rest() {
    return bytes(input.length - at);
  }

  /** The message, or what some changes make of it: a byte replaced, the end cut off, or doubled. */
  public byte[] perhapsMutated(byte[] message) {
    byte[] result = message.clone();
    for (int i = below(4); i > 1 && result.length > 0; i--) {
      int where = (next() & 0xff) % result.length;
      switch (below(4)) {
        case 0 -> result[where] = next();
        case 1 -> result[where] ^= (byte) (1 << below(8));
        case 2 -> result = Arrays.copyOf(result, where);
        default -> result = FrontendBytes.all(result, Arrays.copyOfRange(result, 0, where));
      }
    }
    return result;
  }
}
