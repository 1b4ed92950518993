package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** Finds a shorter input with the same failure. */
final class Shortening {
  private final Target target;
  private final Throwable error;

  Shortening(Target target, Throwable error) {
    this.target = target;
    this.error = error;
  }

  /**
   * Shortens an input that Jazzer has found, in place, and shows its failure.
   *
   * @param arguments the target's name and the file
   */
  public static void main(String[] arguments) throws IOException {
    Target target = Target.named(arguments[0]);
    Path file = Path.of(arguments[1]);
    byte[] input = Files.readAllBytes(file);
    try {
      target.run().accept(input);
      System.out.println("nothing is wrong with it");
    } catch (RuntimeException | Error e) {
      byte[] shorter = new Shortening(target, e).of(input);
      Files.write(file, shorter);
      System.out.println(HexFormat.of().formatHex(shorter));
      System.setProperty("fuzz.tells", "true");
      target.run().accept(shorter);
    }
  }

  /** Takes away what the failure does not need, and makes zeros of what it needs any value of. */
  byte[] of(byte[] input) {
    byte[] best = input;
    for (int piece = best.length / 2; piece > 0; piece /= 2) {
      int at = 0;
      while (at + piece <= best.length) {
        byte[] less = without(best, at, piece);
        if (fails(less)) {
          best = less;
        } else {
          at++;
        }
      }
    }
    for (int i = 0; i < best.length; i++) {
      byte[] plainer = best.clone();
      plainer[i] = 0;
      best = fails(plainer) ? plainer : best;
    }
    return best;
  }

  private static byte[] without(byte[] input, int at, int count) {
    byte[] less = Arrays.copyOf(input, input.length - count);
    System.arraycopy(input, at + count, less, at, less.length - at);
    return less;
  }

  private boolean fails(byte[] input) {
    try {
      target.run().accept(input);
      return false;
    } catch (RuntimeException | Error e) {
      return e.getClass() == error.getClass() && Arrays.equals(where(e), where(error));
    }
  }

  /** The innermost places in our own packages. */
  private static StackTraceElement[] where(Throwable e) {
    return Arrays.stream(e.getStackTrace())
        .filter(each -> each.getClassName().startsWith("org.pglynx"))
        .limit(3)
        .toArray(StackTraceElement[]::new);
  }
}
