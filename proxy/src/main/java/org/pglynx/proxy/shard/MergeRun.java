package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Merging;

/**
 * One execution that is merged.
 *
 * @param plan how
 * @param formats result format codes as in Bind; empty means all text
 */
record MergeRun(MergePlan plan, short[] formats) implements Merging {}
