package org.pglynx.proxy.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.config.AuthQueryConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.config.UserConfig;

/** The logins that a configuration knows by itself, each once. */
final class Probes {
  /** Stands for any database that clients may name: it is on every server. */
  private static final String ANY_DATABASE = "postgres";

  private final Map<String, Secret> userlist;
  private final List<Probe> found = new ArrayList<>();
  private final List<Finding> notes = new ArrayList<>();

  Probes(ProxyConfig config) {
    this.userlist = config.general().auth().userlist();
    config.pools().values().forEach(this::pool);
  }

  List<Probe> all() {
    return found;
  }

  /** Where no login is known that could ask. */
  List<Finding> notes() {
    return notes;
  }

  private void pool(PoolConfig pool) {
    int before = found.size();
    boolean known = false;
    for (UserConfig user : pool.users().values()) {
      if (!user.serverUsername().equals(PoolConfig.ANY)) {
        known = true;
        add(pool, user.serverUsername(), secret(user));
      }
    }
    if (pool.authQuery().isPresent()) {
      known = true;
      AuthQueryConfig query = pool.authQuery().get();
      add(pool, query.user(), orListed(query.password(), query.user()));
    }
    if (!known && found.size() == before) {
      notes.add(
          new Finding(
              Finding.Kind.NOTE,
              pool.name(),
              "not looked at: clients bring their own passwords, and no role is named that could"
                  + " log in without one"));
    }
  }

  private Secret secret(UserConfig user) {
    Secret own = user.serverPassword().isEmpty() ? user.password() : user.serverPassword();
    return orListed(own, user.serverUsername());
  }

  private Secret orListed(Secret own, String user) {
    return own.isEmpty() ? userlist.getOrDefault(user, Secret.NONE) : own;
  }

  private void add(PoolConfig pool, String user, Secret secret) {
    for (ShardConfig shard : pool.shards().values()) {
      String named = shard.database();
      String database = named.equals(PoolConfig.ANY) ? ANY_DATABASE : named;
      for (ServerConfig server : shard.servers()) {
        Probe probe = new Probe(pool, shard.number(), server, database, user, secret);
        if (found.stream().noneMatch(probe::same)) {
          found.add(probe);
        }
      }
    }
  }
}
