package org.pglynx.proxy.shard;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.commit.Participant;
import org.pglynx.proxy.commit.TwoPhaseCommit;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.CommitEnd;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.History;
import org.pglynx.proxy.relay.Lookup;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.sql.PlanCache;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** A database of several shards: knows where statements go. Shared by all threads. */
public final class ShardedDatabase {
  private static final int PLANS = 4096;

  /** Longer texts are seldom sent twice. */
  private static final int MAX_CACHED = 16 << 10;

  private final ShardingConfig config;
  private final int shards;
  private final UniqueIds ids;
  private final TableRules rules;
  private final DeadlockWatch deadlocks;
  private final PlanCache<String, ShardedStatement> plans = new PlanCache<>(PLANS);

  /** A database of so many shards, whose ids are its own. */
  public ShardedDatabase(ShardingConfig config, int shards) {
    this(
        config,
        shards,
        new UniqueIds(config.uniqueIdNode(), System::currentTimeMillis),
        new DeadlockWatch());
  }

  /**
   * A database of so many shards.
   *
   * @param deadlocks of all whose shards are on the same servers
   */
  public ShardedDatabase(
      ShardingConfig config, int shards, UniqueIds ids, DeadlockWatch deadlocks) {
    this.ids = ids;
    this.deadlocks = deadlocks;
    this.config = config;
    this.shards = shards;
    this.rules = new TableRules(config, shards);
  }

  /**
   * The shards as an event loop sees them.
   *
   * @param servers of each shard, in order
   * @param commits how transactions on several of them end
   */
  public Shards on(List<? extends UpstreamProvider> servers, CommitPolicy commits) {
    List<UpstreamProvider> all = List.copyOf(servers);
    return new OnLoop(new ShardServers(all, commits, deadlocks.on(all, commits.loop())));
  }

  /** What becomes of a statement, in words for an operator. */
  public List<String> explain(String sql) {
    return Explanation.of(this, shards, sql);
  }

  private ShardedStatement plan(String sql) {
    return sql.length() > MAX_CACHED ? find(sql) : plans.value(sql, this::find);
  }

  private ShardedStatement find(String sql) {
    try {
      int hinted = hinted(sql);
      ShardedStatement planned = StatementPlanner.plan(sql, rules);
      return hinted == ShardFunction.NOWHERE || planned instanceof Plan.Control
          ? planned
          : new Plan.Hinted(hinted, planned.effect());
    } catch (PgErrorException e) {
      return new Plan.Failed(e.error());
    }
  }

  // ---- comments ------------------------------------------------------------------------------

  private int hinted(String sql) throws PgErrorException {
    ShardingConfig.Hints hints = config.hints();
    String searched = sql.length() > hints.limit() ? sql.substring(0, hints.limit()) : sql;
    Optional<String> shard = found(hints.shard(), searched);
    if (shard.isPresent()) {
      return number(shard.get());
    }
    Optional<String> key = found(hints.key(), searched);
    return key.isPresent() ? shardOf(key.get()) : ShardFunction.NOWHERE;
  }

  private static Optional<String> found(Optional<Pattern> pattern, String text) {
    return pattern.map(each -> each.matcher(text)).filter(Matcher::find).map(each -> each.group(1));
  }

  private static int number(String digits) throws PgErrorException {
    if (!digits.matches("\\d{1,9}")) {
      throw PgError.error(
              SqlState.INVALID_PARAMETER, "the comment names a shard \"" + digits + "\"")
          .toException();
    }
    return Integer.parseInt(digits);
  }

  // ---- keys without a table ------------------------------------------------------------------

  private int shardOf(String key) throws PgErrorException {
    int found = ShardFunction.NOWHERE;
    for (ShardedTable table : tables()) {
      if (table.function() instanceof ShardFunction.Lookup lookup) {
        throw PgError.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "where a key of the table \"%s\" lives is looked up in \"%s\" for each statement"
                    .formatted(table.name(), lookup.directory().name()))
            .withHint("Name the key in the statement, or use SET SHARD TO n.")
            .toException();
      }
      int shard = table.columns().size() == 1 ? shardOf(table, key) : ShardFunction.NOWHERE;
      if (shard == ShardFunction.NOWHERE || found != ShardFunction.NOWHERE && shard != found) {
        throw PgError.error(
                SqlState.INVALID_PARAMETER,
                "the tables do not agree about the shard of the key \"" + key + "\"")
            .withHint("Use SET SHARD TO n.")
            .toException();
      }
      found = shard;
    }
    return found;
  }

  private static int shardOf(ShardedTable table, String key) throws PgErrorException {
    try {
      return table.function().shard(List.of(table.types().getFirst().ofText(key)));
    } catch (PgErrorException e) {
      throw e.error()
          .withDetail("It must be a key of the table \"%s\", too.".formatted(table.name()))
          .withHint("Use SET SHARD TO n, or name keys in the statements.")
          .toException();
    }
  }

  /** Without any table a key is pgcat's: a bigint. */
  private List<ShardedTable> tables() {
    List<ShardedTable> tables =
        rules.sharded().stream().filter(table -> !table.columns().isEmpty()).toList();
    return tables.isEmpty()
        ? List.of(
            new ShardedTable(
                "*",
                List.of("key"),
                List.of(KeyType.INT8),
                TableRules.function(config.function(), shards)))
        : tables;
  }

  private int unchosen(List<UpstreamProvider> servers) {
    int configured = config.defaultShard().number();
    int any = ThreadLocalRandom.current().nextInt(shards);
    return switch (configured) {
      case ShardingConfig.DefaultShard.RANDOM -> any;
      case ShardingConfig.DefaultShard.RANDOM_HEALTHY -> healthy(servers, any);
      default -> configured;
    };
  }

  /** The one given, or any of those that are to be reached, if some are. */
  private static int healthy(List<UpstreamProvider> servers, int first) {
    if (servers.get(first).reachable()) {
      return first;
    }
    int[] reachable =
        IntStream.range(0, servers.size()).filter(i -> servers.get(i).reachable()).toArray();
    return reachable.length == 0
        ? first
        : reachable[ThreadLocalRandom.current().nextInt(reachable.length)];
  }

  private final class OnLoop implements Shards {
    private final ShardServers servers;
    private final UpstreamProvider together;
    private final ShardSets sets;
    private final Lookups lookups;
    private long asked;

    OnLoop(ShardServers servers) {
      this.servers = servers;
      BitSet all = new BitSet();
      all.set(0, shards);
      this.sets = new ShardSets(servers);
      this.lookups = new Lookups(servers.shards(), servers.commits().loop());
      this.together = sets.of(all);
    }

    @Override
    public UpstreamProvider together() {
      return together;
    }

    @Override
    public UpstreamProvider some(BitSet numbers) {
      return sets.of(numbers);
    }

    @Override
    public UpstreamProvider joining(
        Upstream present,
        @Nullable UpstreamProvider source,
        UpstreamProvider further,
        History history) {
      BitSet had =
          source == null || present instanceof Spread ? new BitSet() : servers.numbers(source);
      return new JoiningProvider(servers, present, had, further, history);
    }

    @Override
    public void commit(Upstream server, Downstream asides, CommitEnd end) {
      if (server instanceof ScatterGather spread) {
        spread.ending().commit(asides, end);
        return;
      }
      TwoPhaseCommit.run(
          List.of(new Participant(0, server)),
          servers.commits(),
          asides,
          outcome -> end.ended(outcome.committed(), outcome.notice(), outcome.lost().isEmpty()));
    }

    @Override
    public void commitEach(List<Upstream> each, EachEnd end) {
      TwoPhaseCommit.run(
          IntStream.range(0, each.size())
              .mapToObj(shard -> new Participant(shard, each.get(shard)))
              .toList(),
          servers.commits(),
          null,
          outcome -> end.ended(outcome.committed(), outcome.notice(), outcome.lost()));
    }

    @Override
    public Merging portal(String name, int limit, @Nullable Merging how) {
      return new PortalNote(name, limit, how);
    }

    @Override
    public int count() {
      return servers.shards().size();
    }

    @Override
    public UpstreamProvider shard(int number) {
      return servers.shards().get(number);
    }

    @Override
    public int unchosen() {
      return ShardedDatabase.this.unchosen(servers.shards());
    }

    @Override
    public long uniqueId() {
      return ids.next();
    }

    @Override
    public void asks(long since) {
      asked = since;
    }

    @Override
    public long asked() {
      return asked;
    }

    @Override
    public Cancellable lookUp(Lookup what, Consumer<@Nullable PgError> end) {
      if (what instanceof UnplacedKeys keys) {
        return lookups.start(keys, end);
      }
      throw new IllegalArgumentException("nothing that these shards have asked for");
    }

    @Override
    public ShardedStatement statement(String sql) {
      return plan(sql);
    }

    @Override
    public int shardOf(String key) throws PgErrorException {
      return ShardedDatabase.this.shardOf(key);
    }
  }
}
