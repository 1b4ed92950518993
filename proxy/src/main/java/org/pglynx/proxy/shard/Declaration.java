package org.pglynx.proxy.shard;

/**
 * DECLARE of a cursor.
 *
 * @param name of the cursor
 * @param head its words up to FOR, behind which the query comes
 * @param hold whether it outlives its transaction
 */
record Declaration(String name, String head, boolean hold) {}
