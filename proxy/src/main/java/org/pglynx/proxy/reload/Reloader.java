package org.pglynx.proxy.reload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ProxyConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings newer configurations into effect: read and checked whole, compared with the one in effect,
 * then changed unit by unit. One at a time; others wait.
 *
 * <pre>
 *   load ──► plan ──► prepare ──► apply each change ──► in effect
 *     │ faults           │ unusable keys
 *     └──────────────────┴──► the old one stays, whole
 * </pre>
 */
public final class Reloader {
  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

  private final ConfigSource source;
  private final ReloadTarget target;
  private volatile ProxyConfig config;
  private ProxyConfig loaded;
  private Map<String, String> set = Map.of();

  /**
   * With a configuration in effect.
   *
   * @param source newer ones
   * @param target what they change
   */
  public Reloader(ProxyConfig config, ConfigSource source, ReloadTarget target) {
    this.config = config;
    this.loaded = config;
    this.source = source;
    this.target = target;
  }

  /**
   * Whether {@link #set} takes the setting, named as SHOW CONFIG's rows are before they are shown.
   */
  public static boolean changeable(String key) {
    return RestartKeys.ofGeneral(key) && !RestartKeys.contains(key);
  }

  /** The configuration in effect. */
  public ProxyConfig config() {
    return config;
  }

  /**
   * Takes up the newest configuration; blocks.
   *
   * @return what has been done
   * @throws ReloadException if it cannot be used; nothing has changed then
   */
  public synchronized ReloadPlan reload() throws ReloadException {
    return take(load(source::load), Map.of());
  }

  /**
   * Sets a key to a value until the next {@link #reload}, beside those that were set before;
   * blocks.
   *
   * @return what has been done
   * @throws ReloadException if it cannot be; nothing has changed then
   */
  public synchronized ReloadPlan set(String key, String value) throws ReloadException {
    if (RestartKeys.contains(key)) {
      throw new ReloadException(List.of(key + " cannot be set: only a restart changes it"));
    }
    Map<String, String> all = new HashMap<>(set);
    all.put(key, value);
    ProxyConfig fresh = load(() -> source.with(all));
    ProxyConfig file = loaded;
    ReloadPlan plan = take(fresh, all);
    loaded = file;
    return plan;
  }

  /**
   * Takes up the newest configuration if it is another than the last one that was read; blocks.
   *
   * @return what has been done; null if it is the same, and keys that were set stay so
   * @throws ReloadException if it cannot be used; nothing has changed then
   */
  public synchronized @Nullable ReloadPlan reloadIfChanged() throws ReloadException {
    ProxyConfig fresh = load(source::load);
    return fresh.equals(loaded) ? null : take(fresh, Map.of());
  }

  private ReloadPlan take(ProxyConfig fresh, Map<String, String> keys) throws ReloadException {
    ReloadPlan plan = ReloadPlan.of(config, fresh);
    target.prepare(plan.effective());
    // What applies the changes asks for the configuration in effect.
    config = plan.effective();
    loaded = fresh;
    set = Map.copyOf(keys);
    for (Change change : plan.changes()) {
      apply(change);
    }
    return plan;
  }

  /** A fault of ours in one change must not keep the others from being made. */
  private void apply(Change change) {
    try {
      target.apply(change, config);
    } catch (RuntimeException e) {
      LOG.error(
          "a part of the configuration was not taken up: {}", change.getClass().getSimpleName(), e);
    }
  }

  private static ProxyConfig load(Supplier<ProxyConfig> loading) throws ReloadException {
    try {
      return loading.get();
    } catch (UnsupportedOperationException e) {
      throw new ReloadException(List.of(String.valueOf(e.getMessage())));
    } catch (ConfigException e) {
      List<String> faults = e.faults().stream().map(Object::toString).toList();
      throw new ReloadException(faults);
    }
  }
}
