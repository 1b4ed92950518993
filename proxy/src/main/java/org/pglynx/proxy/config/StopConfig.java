package org.pglynx.proxy.config;

/**
 * What a stop waits for, one after the other.
 *
 * @param patienceMillis how long clients may stay that leave by themselves; 0 means not at all
 * @param timeoutMillis how long transactions may take to end then; 0 means not at all
 */
public record StopConfig(long patienceMillis, long timeoutMillis) {}
