package org.pglynx.proxy.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.pglynx.proxy.relay.UpstreamProvider;

/** Asks a server who waits there for a lock, and for whom. */
public final class LockQuestion {
  private static final String SQL =
      "SELECT pid || ' ' || pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(pid), ' ')"
          + " FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted) waiting";

  private LockQuestion() {}

  /**
   * Somebody waits.
   *
   * @param pid the server's process that waits
   * @param blockers those that it waits for
   */
  public record Wait(int pid, List<Integer> blockers) {
    /** Copies the list. */
    public Wait {
      blockers = List.copyOf(blockers);
    }
  }

  /** Asks, on the servers' event loop; empty if the server cannot be asked. */
  public static CompletableFuture<Optional<List<Wait>>> ask(UpstreamProvider shard) {
    return PooledQuery.runUrgently(shard, SQL)
        .thenApply(answer ->
            answer.good()
                ? Optional.of(answer.values().stream().map(LockQuestion::wait).toList())
                : Optional.empty());
  }

  private static Wait wait(String row) {
    List<Integer> blockers = new ArrayList<>();
    for (String each : row.split(" ", -1)) {
      if (!each.isEmpty()) {
        blockers.add(Integer.valueOf(each));
      }
    }
    int pid = blockers.removeFirst();
    return new Wait(pid, blockers);
  }
}
