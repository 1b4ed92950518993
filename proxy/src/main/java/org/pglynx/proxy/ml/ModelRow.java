package org.pglynx.proxy.ml;

/**
 * A model in memory, as SHOW MODELS tells.
 *
 * @param cluster the server database behind the pool
 * @param database the database that clients name
 * @param project the project it was trained for
 * @param modelId models.id
 * @param algorithm its algorithm
 * @param bytes heap bytes that it takes
 * @param predictions rows that it has answered
 */
public record ModelRow(
    String cluster,
    String database,
    String project,
    long modelId,
    String algorithm,
    long bytes,
    long predictions) {}
