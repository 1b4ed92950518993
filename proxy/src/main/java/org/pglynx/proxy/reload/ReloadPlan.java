package org.pglynx.proxy.reload;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.ClientLimitConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.Setting;
import org.pglynx.proxy.config.UserConfig;

/**
 * What has to be done for a new configuration.
 *
 * @param effective the configuration that is in effect afterwards: the new one, but for what needs
 *     a restart
 * @param changes what is done, in this order
 * @param keys the settings that change, those of new and removed tables not among them
 * @param needRestart the settings that keep their values until a restart
 */
public record ReloadPlan(
    ProxyConfig effective, List<Change> changes, List<String> keys, List<String> needRestart) {
  private record Unit(PoolConfig database, UserConfig user) {
    /** Neither of them says the same as the other. */
    boolean differs(Unit other) {
      return !user.equals(other.user)
          || !database.withoutUsers().equals(other.database.withoutUsers());
    }
  }

  private record Key(String database, String user) {}

  /** Copies the lists. */
  public ReloadPlan {
    changes = List.copyOf(changes);
    keys = List.copyOf(keys);
    needRestart = List.copyOf(needRestart);
  }

  /** What leads from one configuration to the other. */
  public static ReloadPlan of(ProxyConfig before, ProxyConfig after) {
    ProxyConfig effective = effective(before, after);
    List<String> changed = changedKeys(before, after);
    return new ReloadPlan(
        effective,
        changes(before, effective),
        changed.stream().filter(key -> !RestartKeys.contains(key)).toList(),
        changed.stream().filter(RestartKeys::contains).toList());
  }

  /** Whether the new configuration says nothing new. */
  public boolean isEmpty() {
    return changes.isEmpty() && keys.isEmpty() && needRestart.isEmpty();
  }

  private static List<Change> changes(ProxyConfig before, ProxyConfig after) {
    List<Change> changes = pools(before, after);
    GeneralConfig old = before.general();
    GeneralConfig fresh = after.general();
    boolean pools = !before.pools().equals(after.pools());
    if (pools || !old.auth().userlist().equals(fresh.auth().userlist())) {
      changes.add(new Change.ChangeAutoPools());
    }
    if (pools || !old.auth().equals(fresh.auth()) || !old.admins().equals(fresh.admins())) {
      changes.add(new Change.ChangeAccess());
    }
    if (pools
        || !old.auth().equals(fresh.auth())
        || !old.admins().equals(fresh.admins())
        || !old.tls().equals(fresh.tls())
        || !old.log().equals(fresh.log())
        || !old.welcome().equals(fresh.welcome())
        || old.target() != fresh.target()
        || old.clientLoginTimeoutMillis() != fresh.clientLoginTimeoutMillis()) {
      changes.add(new Change.ChangeDoor());
    }
    if (!old.clients().equals(fresh.clients())) {
      changes.add(new Change.ChangeClientLimits());
    }
    return changes;
  }

  /**
   * Users called {@code *} have no pool of their own; those made for them are a change by itself.
   */
  private static List<Change> pools(ProxyConfig before, ProxyConfig after) {
    Map<Key, Unit> old = units(before);
    Map<Key, Unit> fresh = units(after);
    boolean secrets = !before.general().auth().userlist().equals(after.general().auth().userlist());
    List<Change> changes = new ArrayList<>();
    if (secrets || !before.pools().equals(after.pools())) {
      changes.add(new Change.ChangeLimits());
    }
    fresh.forEach((key, unit) -> {
      Unit present = old.get(key);
      if (present == null) {
        changes.add(new Change.AddPool(unit.database(), unit.user()));
      } else if (secrets || unit.differs(present)) {
        changes.add(new Change.ChangePool(unit.database(), unit.user()));
      }
    });
    old.keySet().stream()
        .filter(key -> !fresh.containsKey(key))
        .forEach(key -> changes.add(new Change.RemovePool(key.database(), key.user())));
    return changes;
  }

  private static Map<Key, Unit> units(ProxyConfig config) {
    Map<Key, Unit> units = new LinkedHashMap<>();
    for (PoolConfig pool : config.pools().values()) {
      for (UserConfig user : pool.users().values()) {
        if (pool.isOne() && user.isOne()) {
          units.put(new Key(pool.name(), user.username()), new Unit(pool, user));
        }
      }
    }
    return units;
  }

  /** Each table has all its keys, with their defaults. */
  private static List<String> changedKeys(ProxyConfig earlier, ProxyConfig after) {
    Map<String, String> old = values(earlier);
    Map<String, String> fresh = values(after);
    return fresh.entrySet().stream()
        .filter(entry -> {
          String before = old.get(entry.getKey());
          return before != null && !before.equals(entry.getValue());
        })
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, String> values(ProxyConfig config) {
    Map<String, String> values = new LinkedHashMap<>();
    config.settings().forEach(setting -> values.put(setting.key(), setting.value()));
    return values;
  }

  private static ProxyConfig effective(ProxyConfig before, ProxyConfig after) {
    return new ProxyConfig(
        effective(before.general(), after.general()),
        before.ml(),
        before.peers(),
        after.pools(),
        settings(before, after),
        after.notices());
  }

  private static GeneralConfig effective(GeneralConfig before, GeneralConfig after) {
    return new GeneralConfig(
        before.host(),
        before.port(),
        before.reusePort(),
        before.unixSocket(),
        before.transport(),
        before.workerThreads(),
        before.warmUpMillis(),
        effective(before.clients(), after.clients()),
        after.clientLoginTimeoutMillis(),
        after.stop(),
        after.autoreloadMillis(),
        after.timeouts(),
        after.supply(),
        before.dnsMaxTtlSeconds(),
        before.tcp(),
        after.log(),
        effective(before.auth(), after.auth()),
        after.admins(),
        after.tls(),
        after.banSeconds(),
        after.validates(),
        after.zone(),
        before.http(),
        after.target(),
        before.listeners(),
        before.twoPhaseCommitDir(),
        after.welcome());
  }

  private static ClientLimitConfig effective(ClientLimitConfig before, ClientLimitConfig after) {
    return new ClientLimitConfig(
        after.process(),
        after.database(),
        after.user(),
        after.reservedForAdmin(),
        before.loginMegabytes());
  }

  private static AuthConfig effective(AuthConfig before, AuthConfig after) {
    return new AuthConfig(
        after.authType(),
        after.rules(),
        after.maps(),
        after.userlist(),
        after.query(),
        after.plaintextAllowed(),
        before.maxAutoPools(),
        before.autoIdleMillis());
  }

  /** Each with the value in effect. */
  private static List<Setting> settings(ProxyConfig before, ProxyConfig after) {
    Map<String, Setting> old = new LinkedHashMap<>();
    before.settings().forEach(setting -> old.put(setting.key(), setting));
    return after.settings().stream()
        .map(setting ->
            RestartKeys.contains(setting.key())
                ? Objects.requireNonNullElse(old.get(setting.key()), setting)
                : setting)
        .toList();
  }
}
