package org.pglynx.proxy.app;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a hash partition holds, as {@code pg_get_expr(relpartbound, oid)} says it.
 *
 * @param modulus how many there are
 * @param remainder which of them this one is
 */
record HashPartition(int modulus, int remainder) {
  private static final Pattern BOUND =
      Pattern.compile("FOR VALUES WITH \\(modulus (\\d{1,9}), remainder (\\d{1,9})\\)");

  /** Empty for partitions by range or list. */
  static Optional<HashPartition> of(String bound) {
    Matcher found = BOUND.matcher(bound);
    return found.matches()
        ? Optional.of(
            new HashPartition(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))))
        : Optional.empty();
  }
}
