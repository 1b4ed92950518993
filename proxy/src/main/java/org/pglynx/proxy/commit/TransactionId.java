package org.pglynx.proxy.commit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a transaction over several servers.
 *
 * @param instance the proxy's that has begun it, which alone may settle it
 * @param number random, so that none is ever used twice
 */
record TransactionId(String instance, String number) {
  private static final Pattern NAME =
      Pattern.compile("pglynx_([0-9a-f]{12})_([0-9a-f]{16})_(\\d{1,6})");

  /** By what LIKE finds the names of an instance. */
  static String pattern(String instance) {
    return "pglynx\\_" + instance + "\\_%";
  }

  /** How the part of a shard is prepared: plain letters, which need no quoting. */
  String on(int shard) {
    return "pglynx_" + instance + "_" + number + "_" + shard;
  }

  /** Whose part the name is; null if it is no name of ours. */
  static @Nullable TransactionId of(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? new TransactionId(matcher.group(1), matcher.group(2)) : null;
  }
}
