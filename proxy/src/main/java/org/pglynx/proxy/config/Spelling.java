package org.pglynx.proxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a mistyped one was probably meant to be. */
public final class Spelling {
  private Spelling() {}

  /** The nearest of the candidates, if it is near enough to be worth suggesting. */
  static Optional<String> nearest(String typed, Collection<String> candidates) {
    int farthest = Math.max(2, typed.length() / 3);
    return candidates.stream()
        .filter(name -> distance(typed, name) <= farthest)
        .min(Comparator.comparingInt(name -> distance(typed, name)));
  }

  /** The suggestion as the end of an error message; empty when nothing is near. */
  public static String suggestion(String typed, Collection<String> candidates) {
    return nearest(typed, candidates).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  /**
   * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours
   * (Damerau 1964), so that "prot" is one step from "port".
   */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = step(a, b, d, i, j);
      }
    }
    return d[a.length()][b.length()];
  }

  private static int step(String a, String b, int[][] d, int i, int j) {
    if (i == 0 || j == 0) {
      return i + j;
    }
    int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
  }
}
