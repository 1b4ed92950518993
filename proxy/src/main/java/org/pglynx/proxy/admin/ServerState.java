package org.pglynx.proxy.admin;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.pool.PoolSnapshot;

/**
 * One server of a pool.
 *
 * @param shard the number of its shard
 * @param index its place in the shard, from 0
 * @param server its part of the configuration
 * @param database the name of the database there
 * @param connections asks for the pool's connections to it
 */
public record ServerState(
    int shard,
    int index,
    ServerConfig server,
    String database,
    Supplier<CompletionStage<PoolSnapshot>> connections) {}
