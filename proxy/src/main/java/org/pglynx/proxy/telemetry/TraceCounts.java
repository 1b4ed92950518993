package org.pglynx.proxy.telemetry;

/**
 * What has become of the statements of traces since the start.
 *
 * @param exported taken by the collector
 * @param failed refused by it, or it could not be reached
 * @param dropped never sent: more came than could be told
 */
public record TraceCounts(long exported, long failed, long dropped) {}
