package org.pglynx.proxy.relay;

/**
 * What must be asked of a server before it is known where a statement goes: for the shards to read.
 */
public interface Lookup {}
