package org.pglynx.proxy.shard;

/**
 * By what rows are ordered.
 *
 * @param column which column of the result, from 0
 * @param descending whether the greatest comes first
 * @param nullsFirst whether NULLs come before all others
 */
record SortKey(int column, boolean descending, boolean nullsFirst) {}
