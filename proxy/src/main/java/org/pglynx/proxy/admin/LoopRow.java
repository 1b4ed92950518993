package org.pglynx.proxy.admin;

import org.pglynx.proxy.stats.Distribution;

/**
 * How late an event loop comes to what is due.
 *
 * @param number counted from 0
 * @param lags how late it was each time that somebody looked
 * @param nanos all of them together
 */
public record LoopRow(int number, Distribution lags, long nanos) {}
