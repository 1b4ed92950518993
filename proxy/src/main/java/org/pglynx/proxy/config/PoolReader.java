package org.pglynx.proxy.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code [pools.NAME]} with its shards and users. */
final class PoolReader {
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private final Section section;
  private final SupplyReader.UserLimits userLimits;

  PoolReader(Section section, SupplyReader.UserLimits userLimits) {
    this.section = section;
    this.userLimits = userLimits;
  }

  /**
   * Reads it.
   *
   * @param plugins those of the file, which a pool has that names none of its own
   * @param peers the proxies behind one address
   */
  PoolConfig read(GeneralConfig general, PluginsConfig plugins, PeersConfig peers) {
    checkName();
    PoolMode mode = section.choice("pool_mode", PoolMode.TRANSACTION);
    OnSessionState onState = section.choice("on_session_state", OnSessionState.PIN);
    boolean deferral = section.flag("deferred_begin", true);
    TimeoutConfig timeouts = new TimeoutReader(section).read(general.timeouts());
    SupplyConfig supply = new SupplyReader(section).pool(general.supply());
    Optional<AuthQueryConfig> authQuery = new AuthQueryReader(section).read(general.auth().query());
    Map<Integer, ShardConfig> shards = shards();
    PoolConfig pool =
        new PoolConfig(
            section.name(),
            mode,
            section.integer("prepared_statements_cache_size", 500, 0, 1_000_000),
            section.flag("cleanup_server_connections", true),
            parameters(),
            timeouts,
            new TlsReader(section).servers(general.tls().servers()),
            sniHosts(),
            shards,
            users(general, mode, onState, deferral, timeouts, supply, authQuery),
            section.integer(
                "max_db_client_connections", general.clients().database(), 0, 1_000_000),
            authQuery,
            balancing(general, shards, supply),
            new ShardingReader(section).read(shards, peers, general.reusePort()),
            new RoutingReader(section).read(shards),
            MirrorReader.read(section, shards.values()),
            plugins(plugins));
    checkModes(pool);
    checkMirrors(pool, general);
    notServed();
    section.finish();
    return pool;
  }

  private void checkName() {
    if (ProxyConfig.ADMIN_DATABASES.contains(section.name())) {
      section
          .report()
          .fault(
              section.position(),
              section.path() + ": the name is reserved for the admin database; choose another");
    } else if (Section.tooLong(section.name())) {
      section.report().fault(section.position(), section.path() + ": " + Section.TOO_LONG);
    }
  }

  /** PgBouncer's. The server says whether it understands them. */
  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>();
    for (String name : List.of("datestyle", "timezone")) {
      String value = section.text(name, "");
      if (!value.isEmpty()) {
        parameters.put(name, value);
      }
    }
    return parameters;
  }

  /** Host names are compared in lower case, as the TLS handshake gives them. */
  private Set<String> sniHosts() {
    Set<String> hosts = new LinkedHashSet<>();
    for (String host : section.texts("sni_hosts")) {
      if (!HOST_NAME.matcher(host).matches()) {
        section.fault("sni_hosts", '"' + host + "\" is not a host name");
      }
      hosts.add(host.toLowerCase(Locale.ROOT));
    }
    if (section.name().equals(PoolConfig.ANY) && !hosts.isEmpty()) {
      section.fault("sni_hosts", "\"*\" is many databases; a host leads to one");
    }
    return hosts;
  }

  private Map<Integer, ShardConfig> shards() {
    Map<Integer, ShardConfig> shards = new TreeMap<>();
    for (Section shard : section.requiredTable("shards").tables()) {
      ShardConfig read = new ShardReader(shard, section.name()).read();
      shards.put(read.number(), read);
    }
    return shards;
  }

  private Map<String, UserConfig> users(
      GeneralConfig general,
      PoolMode mode,
      OnSessionState onState,
      boolean deferral,
      TimeoutConfig timeouts,
      SupplyConfig supply,
      Optional<AuthQueryConfig> query) {
    Map<String, UserConfig> users = new LinkedHashMap<>();
    for (Section user : section.requiredTable("users").tables()) {
      UserConfig read =
          new UserReader(user, general, query).read(mode, onState, deferral, timeouts, supply);
      if (section.name().equals(PoolConfig.ANY) && read.minPoolSize() > 0) {
        user.fault("min_pool_size", "\"*\" is any database a client may name; remove it");
      }
      userLimits.agree(user, read);
      if (users.putIfAbsent(read.username(), read) != null && !read.username().isEmpty()) {
        user.fault("username", '"' + read.username() + "\" is a user of this pool already");
      }
    }
    return users;
  }

  /**
   * A session, or a transaction that has begun, is on one server: its shard must be known first.
   */
  private void checkModes(PoolConfig pool) {
    if (pool.shards().size() < 2) {
      return;
    }
    for (UserConfig user : pool.users().values()) {
      if (user.poolMode() == PoolMode.SESSION) {
        section.fault("shards", "several shards are not served with pool_mode \"session\"");
      } else if (user.poolMode() == PoolMode.TRANSACTION && !user.deferredBegin()) {
        section.fault("deferred_begin", "several shards are served with deferred_begin only");
      }
    }
    if (section.name().equals(PoolConfig.ANY)) {
      section.fault("shards", "\"*\" is any database a client may name; keep one shard");
    }
  }

  /** What a mirror has prepared nobody would commit there: decisions are about the shards. */
  private void checkMirrors(PoolConfig pool, GeneralConfig general) {
    boolean mirrored =
        pool.shards().values().stream().anyMatch(shard -> !shard.mirrors().isEmpty());
    if (mirrored && pool.sharded() && !general.twoPhaseCommitDir().isEmpty()) {
      section.fault(
          "shards",
          "mirrors of several shards are not served with two_phase_commit_dir: transactions that the"
              + " shards have prepared would stay prepared on the mirrors; remove one of the two");
    }
  }

  private BalancingConfig balancing(
      GeneralConfig general, Map<Integer, ShardConfig> shards, SupplyConfig supply) {
    List<ShardConfig> known =
        shards.values().stream().filter(shard -> !shard.servers().isEmpty()).toList();
    return known.isEmpty()
        ? BalancingConfig.ONE_SERVER
        : new BalancingReader(section, general)
            .read(!known.stream().allMatch(ShardConfig::single), supply.check().timeoutMillis());
  }

  /** A pool's own table takes the place of the file's as a whole, as in pgcat. */
  private PluginsConfig plugins(PluginsConfig ofTheFile) {
    PluginsConfig own = new PluginReader(section.table("plugins")).read();
    return section.has("plugins") ? own : ofTheFile;
  }

  private void notServed() {
    section.notServed("log_client_parameter_status_changes", false);
  }
}
