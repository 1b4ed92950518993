package org.pglynx.proxy.commit;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * By what transactions of a pool commit on several servers, on one event loop.
 *
 * @param loop the event loop
 * @param pool of which database and user
 * @param log of decisions; null if none is configured, and then no two servers may have written
 */
public record CommitPolicy(Executor loop, String pool, @Nullable DecisionLog log) {}
