package org.pglynx.proxy.commit;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * How a transaction has ended.
 *
 * @param committed whether all of it will be there; if not, nothing of it, or nobody knows yet, as
 *     the notice says
 * @param notice the error, or a warning for one that is committed, or null
 * @param lost the shards whose connections are gone
 */
public record Outcome(boolean committed, @Nullable PgError notice, Set<Integer> lost) {
  /** Copies the set. */
  public Outcome {
    lost = Set.copyOf(lost);
  }
}
