package org.pglynx.proxy.fuzz;

import java.util.HexFormat;
import java.util.Random;

/**
 * Runs a target with inputs made by chance from a seed: enough where most inputs are decisions.
 * {@link FuzzMain} searches further.
 */
final class RandomRun {
  private static final int LONGEST = 150;

  private final Target target;
  private final Random random;

  RandomRun(Target target, long seed) {
    this.target = target;
    this.random = new Random(seed);
  }

  /** One input; an error tells the shortest that was found to have it. */
  void once() {
    byte[] input = new byte[1 + random.nextInt(LONGEST)];
    random.nextBytes(input);
    try {
      target.run().accept(input);
    } catch (RuntimeException | Error e) {
      byte[] shorter = new Shortening(target, e).of(input);
      throw new AssertionError(
          target.name() + " fails with the input " + HexFormat.of().formatHex(shorter), e);
    }
  }
}
