package org.pglynx.proxy.admin;

import org.pglynx.proxy.stats.Distribution;

/**
 * Predictions of a project, served one way.
 *
 * @param database the database that clients name
 * @param project the project's name; empty where the text of statements does not tell
 * @param way answered, streamed or top in the proxy; database where the server's function serves
 * @param calls statements, or for the server's function calls in statements that were seen
 * @param rows predictions; the server does not tell its own
 * @param nanos how long the statements took, all together
 * @param times how long each took
 * @param server the server database
 */
public record PredictionRow(
    String database,
    String project,
    String way,
    long calls,
    long rows,
    long nanos,
    Distribution times,
    String server) {

  /** Predictions in a second of the time that they took. */
  long rowsPerSecond() {
    return nanos == 0 ? 0 : Math.round(rows * 1e9 / nanos);
  }
}
