package org.pglynx.proxy.shard;

import org.pglynx.proxy.sql.TokenRange;

/**
 * Where a sharded table is named in FROM.
 *
 * @param use the table there
 * @param level the query whose FROM it is
 * @param name the tokens of its name, with its schema
 * @param aliased whether an alias follows
 */
record TablePlace(TableUse use, Level level, TokenRange name, boolean aliased) {}
