package org.pglynx.proxy.admin;

/**
 * Trainings that have ended.
 *
 * @param done with a model
 * @param failed without one, those that were cancelled among them
 */
public record TrainingTotals(long done, long failed) {}
