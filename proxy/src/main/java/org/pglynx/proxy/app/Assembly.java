package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.AdminTarget;
import org.pglynx.proxy.admin.PreparedRow;
import org.pglynx.proxy.admission.Account;
import org.pglynx.proxy.admission.AutoPools;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.commit.Settlement;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.DefaultRole;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.config.WorkLimits;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.session.ClientCounts;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.session.TimeLimits;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of the process, made of the configuration and changed when that changes. Changed by one
 * thread at a time.
 */
final class Assembly {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
  private static final long MAX_SWEEP_MILLIS = 10_000;
  private static final long MIN_SWEEP_MILLIS = 250;

  /** How often sessions of a pool that goes are looked for: a login may have been under way. */
  private static final long LEAVING_MILLIS = 100;

  private final SupplyMaker supplies;
  private final SessionRegistry registry;
  private final Commits commits;
  private final ClientCounts clients = new ClientCounts();
  private final List<ServerPool> configured = new CopyOnWriteArrayList<>();
  private final List<ServerPool> leaving = new CopyOnWriteArrayList<>();
  private final AutoPools<ServerPool> onDemand;

  /** Names of statements must never mean two things to a server, whatever is reloaded. */
  private final Map<String, StatementRegistry> statements = new ConcurrentHashMap<>();

  private final Routers routers = new Routers();
  private final Set<String> disabled = ConcurrentHashMap.newKeySet();
  private final Pauses pauses = new Pauses();
  private volatile Set<String> names = Set.of();
  private volatile Map<String, Secret> userlist;

  Assembly(SupplyMaker supplies, SessionRegistry registry, AuthConfig auth, Commits commits) {
    this.supplies = supplies;
    this.commits = commits;
    this.registry = registry;
    this.userlist = auth.userlist();
    this.onDemand = new AutoPools<>(auth.maxAutoPools(), auth.autoIdleMillis(), System::nanoTime);
    long pause = Math.clamp(auth.autoIdleMillis() / 4, MIN_SWEEP_MILLIS, MAX_SWEEP_MILLIS);
    Future<?> _ = loop().scheduleAtFixedRate(onDemand::sweep, pause, pause, TimeUnit.MILLISECONDS);
  }

  private EventLoop loop() {
    return supplies.loops().getFirst();
  }

  /** All pools that are there now: first those of the configuration. */
  List<ServerPool> pools() {
    List<ServerPool> all = new ArrayList<>(configured);
    all.addAll(onDemand.all());
    return all;
  }

  /** How many clients have come in where. */
  ClientCounts clients() {
    return clients;
  }

  void close() {
    pools().forEach(ServerPool::close);
    leaving.forEach(ServerPool::close);
    supplies.clusters().close();
  }

  // ---- doors -----------------------------------------------------------------------------------

  /** Opens the pools to the users that the configuration names. */
  void open(ProxyConfig config, Accounts accounts) {
    names = config.pools().keySet();
    for (PoolConfig pool : config.pools().values()) {
      accounts.add(pool);
      pool.users().values().forEach(user -> accounts.add(pool, user, door(pool, user)));
    }
  }

  /** What the user's account opens: its own pool, or one that is made when it is first needed. */
  private Account.Door door(PoolConfig pool, UserConfig user) {
    if (pool.isOne() && user.isOne()) {
      ServerPool own = find(pool.name(), user.username());
      return (database, name, secret, keys) -> {
        admit(database);
        return own.enter(secret, keys);
      };
    }
    return (database, name, secret, keys) -> {
      admit(database);
      ServerPool made =
          onDemand.enter(
              new AutoPools.Key(database, name),
              () -> make(named(pool, database), pool.name(), user.named(name), statements(pool)));
      made.learn(secret, keys);
      return made.profile();
    };
  }

  private void admit(String database) throws PgErrorException {
    if (disabled.contains(database)) {
      // PgBouncer's words.
      throw PgError.fatal(SqlState.CANNOT_CONNECT_NOW, "database \"" + database + "\" is disabled")
          .withHint("An admin has said DISABLE at the console; ENABLE lets clients in again.")
          .toException();
    }
  }

  /** Lets clients in to a database, or not. */
  void enable(String database, boolean on) {
    if (on) {
      disabled.remove(database);
    } else {
      disabled.add(database);
    }
  }

  boolean enabled(String database) {
    return !disabled.contains(database);
  }

  /** Whether clients may ask for the database, if it is not disabled. */
  boolean knows(String database) {
    return names.contains(database) || names.contains(PoolConfig.ANY);
  }

  /** What clients have prepared; the users of a database share their statements. */
  List<PreparedRow> prepared() {
    List<PreparedRow> rows = new ArrayList<>();
    Set<StatementRegistry> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (ServerPool pool : pools()) {
      StatementRegistry registry = pool.profile().statements();
      if (seen.add(registry)) {
        boolean shared = statements.containsValue(registry);
        String user = shared ? "" : pool.user().username();
        registry
            .all()
            .forEach(statement ->
                rows.add(
                    new PreparedRow(
                        pool.database().name(),
                        user,
                        new String(statement.name(), StandardCharsets.US_ASCII),
                        statement.query())));
      }
    }
    return rows;
  }

  /** Which pools are paused. */
  Pauses pauses() {
    return pauses;
  }

  /** Pauses all pools, those that are made later included. */
  void pause() {
    pauses.pause(AdminTarget.ALL);
    pools().forEach(ServerPool::pause);
  }

  /** All pools go on. */
  void resume() {
    pauses.resume(AdminTarget.ALL);
    pools().forEach(ServerPool::resume);
  }

  private static PoolConfig named(PoolConfig pool, String database) {
    return pool.isOne() ? pool : pool.named(database);
  }

  private ServerPool find(String database, String user) {
    return configured.stream()
        .filter(pool -> pool.is(database, user))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no pool of " + database + "/" + user));
  }

  // ---- pools come, change and go ---------------------------------------------------------------

  /** The limits that pools share and the users of auth_file are those of this configuration. */
  void become(ProxyConfig config) {
    userlist = config.general().auth().userlist();
    supplies.limits().become(config, List.copyOf(onDemand.all()));
  }

  /** The pools of all users that a database names. */
  void add(PoolConfig pool) {
    if (pool.isOne()) {
      pool.users().values().stream().filter(UserConfig::isOne).forEach(user -> add(pool, user));
    }
  }

  void add(PoolConfig pool, UserConfig user) {
    configured.add(make(pool, pool.name(), user, statements(pool)));
  }

  void change(PoolConfig pool, UserConfig user) {
    ServerPool present = find(pool.name(), user.username());
    if (!changes(present, pool, pool.name(), user)) {
      remove(pool.name(), user.username());
      add(pool, user);
    }
  }

  void remove(String database, String user) {
    ServerPool pool = find(database, user);
    configured.remove(pool);
    leave(pool);
  }

  /**
   * Pools made for somebody that {@code *} stands for: changed, or gone where nobody stands now.
   */
  void changeOnDemand(ProxyConfig config) {
    for (ServerPool pool : onDemand.all()) {
      String database = pool.database().name();
      String name = pool.user().username();
      PoolConfig template = config.pools().get(database);
      if (template == null) {
        template = config.pools().get(PoolConfig.ANY);
      }
      UserConfig user = template == null ? null : template.users().get(name);
      if (user == null && template != null) {
        user = template.users().get(PoolConfig.ANY);
      }
      if (template == null || user == null || template.isOne() && user.isOne()) {
        onDemand.remove(new AutoPools.Key(database, name));
        leave(pool);
      } else {
        if (!changes(pool, named(template, database), template.name(), user.named(name))) {
          onDemand.remove(new AutoPools.Key(database, name));
          leave(pool);
        }
      }
    }
  }

  /** Servers that no pool uses any more are not watched any more. */
  void forgetServers() {
    supplies
        .clusters()
        .keep(
            Stream.concat(pools().stream(), leaving.stream())
                .flatMap(pool -> pool.supply().servers().clusters().stream())
                .toList());
  }

  /** The databases with several servers. */
  Clusters clusters() {
    return supplies.clusters();
  }

  /**
   * Makes one.
   *
   * @param name the pool's in the configuration
   */
  private ServerPool make(
      PoolConfig pool, String name, UserConfig user, StatementRegistry statements) {
    Routers.@Nullable Share share = pool.replicated() ? routers.of(pool) : null;
    CurrentSupply current = new CurrentSupply(supplies.make(pool, name, user, userlist));
    Map<EventLoop, Places> places = new HashMap<>();
    supplies.loops().forEach(loop -> places.put(loop, Places.of(current, loop, commits)));
    SessionProfile profile =
        new SessionProfile(
            pool.name(),
            user.username(),
            policy(pool, user),
            new SessionProfile.Statements(
                current.interceptor(),
                statements,
                InternalSession::new,
                share == null ? null : share.router()),
            loop -> Objects.requireNonNull(places.get((EventLoop) loop)).place(),
            Map.of(),
            clients.quota(pool.name(), pool.maxClients(), user.username(), user.maxClients()));
    ServerPool made =
        new ServerPool(
            current,
            places,
            profile,
            new ServerPool.Watches(watch(share, places, user), settlement(pool, user, places)));
    if (pauses.covers(pool.name(), user.username())) {
      made.pause();
    }
    return made;
  }

  private @Nullable Settlement settlement(
      PoolConfig pool, UserConfig user, Map<EventLoop, Places> places) {
    Places own = places.get(loop());
    return own == null || !pool.sharded()
        ? null
        : commits.settles(loop(), pool.name() + "/" + user.username(), own.doors());
  }

  private @Nullable CatalogWatch watch(
      Routers.@Nullable Share share, Map<EventLoop, Places> places, UserConfig user) {
    return share == null
        ? null
        : CatalogWatch.start(
            share,
            Objects.requireNonNull(places.get(loop())).doors().getFirst(),
            loop(),
            user.timeouts().connectTimeoutMillis());
  }

  private StatementRegistry statements(PoolConfig pool) {
    int limit = Math.max(SupplyMaker.statementLimit(pool) * 4, 1024);
    StatementRegistry registry =
        pool.isOne()
            ? statements.computeIfAbsent(pool.name(), any -> new StatementRegistry(limit))
            : new StatementRegistry(limit);
    registry.sharded(pool.sharded());
    return registry;
  }

  /** Another kind of servers needs other sessions: those that are there end. */
  private boolean changes(ServerPool pool, PoolConfig changed, String name, UserConfig user) {
    Supply before = pool.supply();
    if (!sameKind(before.database(), changed)) {
      return false;
    }
    Supply after = supplies.change(before, changed, name, user, userlist);
    if (after.servers() == before.servers()) {
      pool.adjust(after);
    } else {
      pool.replace(after);
    }
    pool.admitUnder(
        pool.profile()
            .under(
                policy(changed, user),
                clients.quota(
                    changed.name(), changed.maxClients(), user.username(), user.maxClients())));
    TimeLimits limits = timeLimits(user.timeouts().work());
    if (!limits.equals(timeLimits(before.user().timeouts().work()))) {
      registry.timeLimits(pool.profile(), limits);
    }
    return true;
  }

  /** Sessions know how many shards there are, and whether statements are to be routed. */
  private static boolean sameKind(PoolConfig one, PoolConfig other) {
    return one.shards().keySet().equals(other.shards().keySet())
        && one.sharding().equals(other.sharding())
        && Routers.policy(one).equals(Routers.policy(other))
        && one.plugins().reads() == other.plugins().reads()
        && one.shards().values().stream()
            .map(ShardConfig::single)
            .toList()
            .equals(other.shards().values().stream().map(ShardConfig::single).toList());
  }

  private static SessionPolicy policy(PoolConfig pool, UserConfig user) {
    BalancingConfig balancing = pool.balancing();
    return new SessionPolicy(
        user.poolMode(),
        user.onSessionState(),
        user.deferredBegin(),
        timeLimits(user.timeouts().work()),
        new SessionPolicy.ServerUse(
            role(balancing.defaultRole()),
            pool.replicated() && balancing.readYourWrites(),
            balancing.checkoutFailureLimit(),
            user.poolMode() == PoolMode.SESSION && pool.routing().sessionSplit()),
        pool.plugins().log());
  }

  private static ServerRole role(DefaultRole configured) {
    return switch (configured) {
      case ANY -> ServerRole.ANY;
      case PRIMARY -> ServerRole.PRIMARY;
      case REPLICA -> ServerRole.REPLICA;
    };
  }

  private static TimeLimits timeLimits(WorkLimits work) {
    return TimeLimits.ofMillis(
        work.queryMillis(),
        work.transactionMillis(),
        work.idleTransactionMillis(),
        work.clientIdleMillis());
  }

  private void leave(ServerPool pool) {
    pool.refuse(pool.removed());
    leaving.add(pool);
    LOG.info(
        "a pool is removed: database={} user={} sessions={}",
        pool.database().name(),
        pool.user().username(),
        pool.profile().occupancy().count());
    loop().execute(() -> endSessions(pool));
  }

  private void endSessions(ServerPool pool) {
    pool.dismiss(pool.removed());
    registry.drain(pool.profile().occupancy(), pool.removed());
    if (pool.profile().occupancy().retire()) {
      pool.close();
      leaving.remove(pool);
    } else {
      Future<?> _ = loop().schedule(() -> endSessions(pool), LEAVING_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
