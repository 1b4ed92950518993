package org.pglynx.proxy.session;

import org.pglynx.proxy.stats.Distribution;

/**
 * Slow statements that differ in values only.
 *
 * @param database the database that clients named
 * @param user the user that logged in
 * @param text without values
 * @param count how often
 * @param times how long they took
 * @param totalNanos all together
 * @param maxNanos the longest
 * @param lastMillis when the last one ended, in milliseconds since 1970
 */
public record SlowRow(
    String database,
    String user,
    String text,
    long count,
    Distribution times,
    long totalNanos,
    long maxNanos,
    long lastMillis) {
  /** What tells the kind of statement from others, in hexadecimal. */
  public String fingerprint() {
    return StatementLog.fingerprint(text);
  }
}
