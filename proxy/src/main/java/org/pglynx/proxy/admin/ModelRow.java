package org.pglynx.proxy.admin;

/**
 * A model in memory.
 *
 * @param database the database that clients name
 * @param project the project it was trained for
 * @param id its row in pgml.models
 * @param algorithm how it was trained
 * @param bytes heap bytes that it takes
 * @param predictions rows that it has answered since it was loaded
 * @param server the server database that stores it
 */
public record ModelRow(
    String database,
    String project,
    long id,
    String algorithm,
    long bytes,
    long predictions,
    String server) {}
