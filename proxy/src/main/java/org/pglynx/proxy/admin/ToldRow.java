package org.pglynx.proxy.admin;

/**
 * What has been told of the process, and what could not be.
 *
 * @param spans statements of traces that the collector has taken
 * @param failedSpans those that it has not
 * @param droppedSpans those that were too many
 * @param droppedLines lines of the log that were too many
 */
public record ToldRow(long spans, long failedSpans, long droppedSpans, long droppedLines) {}
