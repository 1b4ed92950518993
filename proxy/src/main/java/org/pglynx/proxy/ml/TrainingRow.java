package org.pglynx.proxy.ml;

/**
 * A training that waits or runs, as SHOW TRAININGS tells.
 *
 * @param id what {@code pgml.cancel_training} takes
 * @param database the database that the client named
 * @param user the user that the client logged in as
 * @param project the project's name
 * @param modelId its row in pgml.models, 0 before there is one
 * @param algorithm what is trained
 * @param state queued, reading, training or storing
 * @param rows rows read so far
 * @param rounds rounds done of all, such as {@code 17/100}; empty before the first
 * @param seconds since it was asked for
 * @param bytes memory that learning from the rows takes
 * @param cluster the server database
 */
public record TrainingRow(
    long id,
    String database,
    String user,
    String project,
    long modelId,
    String algorithm,
    String state,
    int rows,
    String rounds,
    long seconds,
    long bytes,
    String cluster) {}
