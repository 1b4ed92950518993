package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.TransactionRow;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.commit.DecisionLog;
import org.pglynx.proxy.commit.Settlement;
import org.pglynx.proxy.pool.Doorway;

/** How transactions over several servers commit in this process. */
final class Commits implements AutoCloseable {
  private final @Nullable DecisionLog log;

  private Commits(@Nullable DecisionLog log) {
    this.log = log;
  }

  /**
   * With the log in the directory; empty for none.
   *
   * @throws IllegalStateException if it cannot be used, with the reason
   */
  static Commits in(String directory) {
    try {
      return new Commits(directory.isEmpty() ? null : DecisionLog.open(Path.of(directory)));
    } catch (IOException e) {
      throw new IllegalStateException(
          "general.two_phase_commit_dir cannot be used: " + e.getMessage(), e);
    }
  }

  /** Those of a pool on an event loop. */
  CommitPolicy on(EventLoop loop, String pool) {
    return new CommitPolicy(loop, pool, log);
  }

  /** Settles what earlier processes have left on the servers; null if nothing can be there. */
  @Nullable Settlement settles(EventLoop loop, String pool, List<Doorway> shards) {
    DecisionLog decisions = log;
    return decisions == null || shards.size() < 2
        ? null
        : Settlement.start(decisions, pool, shards, loop);
  }

  /** All that has not ended everywhere, the oldest first. */
  List<TransactionRow> rows() {
    DecisionLog decisions = log;
    return decisions == null
        ? List.of()
        : decisions.unsettled().stream()
            .sorted(Comparator.comparingLong(DecisionLog.Unsettled::seconds).reversed())
            .map(Commits::row)
            .toList();
  }

  private static TransactionRow row(DecisionLog.Unsettled each) {
    int slash = each.pool().lastIndexOf('/');
    return new TransactionRow(
        each.name(),
        each.pool().substring(0, slash),
        each.pool().substring(slash + 1),
        each.state(),
        each.shards().stream().sorted().map(String::valueOf).collect(Collectors.joining(",")),
        each.seconds());
  }

  @Override
  public void close() {
    DecisionLog open = log;
    if (open != null) {
      open.close();
    }
  }
}
