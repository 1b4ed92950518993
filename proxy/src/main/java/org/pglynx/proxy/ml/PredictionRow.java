package org.pglynx.proxy.ml;

import org.pglynx.proxy.stats.Distribution;

/**
 * Predictions of a project, served one way.
 *
 * @param cluster the server database
 * @param database the database that clients name
 * @param project the project's name
 * @param way how they were served
 * @param calls how many statements
 * @param rows how many predictions
 * @param nanos how long the statements took, all together
 * @param times how long each took
 */
public record PredictionRow(
    String cluster,
    String database,
    String project,
    String way,
    long calls,
    long rows,
    long nanos,
    Distribution times) {}
