package org.pglynx.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A whole configuration, checked.
 *
 * @param general settings of the process
 * @param ml settings of machine learning
 * @param peers the proxies behind the same address
 * @param pools by name, in file order; never empty
 * @param settings every key with the value in effect, for {@code SHOW CONFIG}
 * @param notices what the user should know although nothing is wrong
 */
public record ProxyConfig(
    GeneralConfig general,
    MlConfig ml,
    PeersConfig peers,
    Map<String, PoolConfig> pools,
    List<Setting> settings,
    List<ConfigFault> notices) {
  /** Names of the admin databases, which no pool may take. */
  public static final Set<String> ADMIN_DATABASES = Set.of("pglynx", "pgcat", "pgbouncer");

  /** The same with other notices. */
  ProxyConfig with(List<ConfigFault> others) {
    return new ProxyConfig(general, ml, peers, pools, settings, others);
  }

  /** Copies the collections and keeps their order. */
  public ProxyConfig {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    settings = List.copyOf(settings);
    notices = List.copyOf(notices);
  }
}
