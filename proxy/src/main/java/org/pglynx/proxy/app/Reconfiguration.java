package org.pglynx.proxy.app;

import java.util.List;
import java.util.function.Function;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.reload.Change;
import org.pglynx.proxy.reload.ReloadException;
import org.pglynx.proxy.reload.ReloadTarget;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.telemetry.Traces;
import org.pglynx.proxy.transport.TlsFileException;

/** Changes the running process to what a new configuration says. */
final class Reconfiguration implements ReloadTarget {
  private final Assembly assembly;
  private final Encryption encryption;
  private final SessionRegistry registry;
  private final Traces traces;
  private final Entry entry;
  private final Function<ProxyConfig, Accounts> accountsOf;
  private Accounts accounts;

  /**
   * Of a process that runs.
   *
   * @param accounts who may come in now
   * @param accountsOf who may come in by another configuration
   */
  Reconfiguration(
      Assembly assembly,
      Encryption encryption,
      SessionRegistry registry,
      Traces traces,
      Entry entry,
      Accounts accounts,
      Function<ProxyConfig, Accounts> accountsOf) {
    this.assembly = assembly;
    this.encryption = encryption;
    this.registry = registry;
    this.traces = traces;
    this.entry = entry;
    this.accounts = accounts;
    this.accountsOf = accountsOf;
  }

  @Override
  public void prepare(ProxyConfig config) throws ReloadException {
    try {
      encryption.prepare(config);
    } catch (TlsFileException e) {
      throw new ReloadException(List.of(String.valueOf(e.getMessage())));
    }
    // Files of the same names may have changed.
    encryption.refresh();
  }

  @Override
  public void apply(Change change, ProxyConfig config) {
    switch (change) {
      case Change.ChangeLimits _ -> assembly.become(config);
      case Change.AddPool add -> assembly.add(add.database(), add.user());
      case Change.ChangePool changed -> assembly.change(changed.database(), changed.user());
      case Change.RemovePool removed -> assembly.remove(removed.database(), removed.user());
      case Change.ChangeAutoPools _ -> {
        assembly.changeOnDemand(config);
        assembly.forgetServers();
      }
      case Change.ChangeAccess _ -> accounts = accountsOf.apply(config);
      case Change.ChangeDoor _ -> {
        encryption.become(config);
        entry.become(config.general(), accounts);
        traces.become(config.general().log().traces());
        registry.statements(config.general().log().statements());
        LogSetup.become(config.general().log());
      }
      case Change.ChangeClientLimits _ ->
          registry.limits(
              clientLimit(config.general().clients().process()),
              config.general().clients().reservedForAdmin());
    }
  }

  /** How many that is; 0 is no limit. */
  static int clientLimit(int configured) {
    return configured == 0 ? Integer.MAX_VALUE : configured;
  }
}
