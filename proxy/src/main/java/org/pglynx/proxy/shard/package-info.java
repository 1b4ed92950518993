/**
 * Where rows live when a database is spread over several servers: the values of sharding keys, and
 * the functions that give a key its shard.
 */
@NullMarked
package org.pglynx.proxy.shard;

import org.jspecify.annotations.NullMarked;
