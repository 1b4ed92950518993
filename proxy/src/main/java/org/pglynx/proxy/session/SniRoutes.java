package org.pglynx.proxy.session;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.StartupPacket;

/**
 * Host names of the TLS handshake that lead to pools, so that several clusters with equally named
 * databases can stand behind one port.
 *
 * <p>A client that asks for a host of a pool reaches that pool by the database's name on its
 * server, and by naming no database if the host has one pool only, which physical replication need
 * not name in any case. Any other name means what it means without a host; hosts that no pool names
 * mean nothing.
 */
public final class SniRoutes {
  /** Nothing is led anywhere. */
  public static final SniRoutes NONE = new SniRoutes(Map.of());

  private final Map<String, Map<String, String>> hosts;

  private SniRoutes(Map<String, Map<String, String>> hosts) {
    this.hosts = hosts;
  }

  /** Collects the hosts of pools. */
  public static final class Builder {
    private final Map<String, Map<String, String>> hosts = new HashMap<>();

    /** Leads clients of a host that name the server's database to the pool. */
    public Builder add(String host, String serverDatabase, String pool) {
      hosts.computeIfAbsent(host, _ -> new LinkedHashMap<>()).put(serverDatabase, pool);
      return this;
    }

    /** All that was added. */
    public SniRoutes build() {
      return new SniRoutes(Map.copyOf(hosts));
    }
  }

  /** The startup packet with the pool as its database, if the host leads to one. */
  StartupPacket.Startup route(@Nullable ClientTls tls, StartupPacket.Startup startup) {
    boolean physical = ReplicationMode.of(startup.parameters()) == ReplicationMode.PHYSICAL;
    String pool = pool(tls, startup.parameters().getOrDefault("database", ""), physical);
    if (pool == null) {
      return startup;
    }
    Map<String, String> routed = new LinkedHashMap<>(startup.parameters());
    routed.put("database", pool);
    return new StartupPacket.Startup(
        startup.major(), startup.minor(), routed, startup.protocolOptions());
  }

  private @Nullable String pool(@Nullable ClientTls tls, String database, boolean physical) {
    String host = tls == null ? null : tls.serverName();
    Map<String, String> pools = host == null ? null : hosts.get(host);
    if (pools == null) {
      return null;
    }
    return (database.isEmpty() || physical) && pools.size() == 1
        ? pools.values().iterator().next()
        : pools.get(database);
  }
}
