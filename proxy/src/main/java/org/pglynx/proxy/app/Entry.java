package org.pglynx.proxy.app;

import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.frontend.Entrance;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.transport.TlsAcceptor;

/** What clients come in by, as the configuration in effect has it. */
final class Entry implements Entrance {
  private final ClientAuthentication authentication;
  private final SessionRegistry registry;
  private final ExecutorService logins;
  private final Encryption encryption;
  private volatile ClientDoor door;

  Entry(
      ClientAuthentication authentication,
      SessionRegistry registry,
      ExecutorService logins,
      Encryption encryption,
      GeneralConfig general,
      Accounts accounts) {
    this.authentication = authentication;
    this.registry = registry;
    this.logins = logins;
    this.encryption = encryption;
    this.door = made(general, accounts);
  }

  /** Connections that are accepted later come in by another configuration. */
  void become(GeneralConfig general, Accounts accounts) {
    door = made(general, accounts);
  }

  private ClientDoor made(GeneralConfig general, Accounts accounts) {
    return new ClientDoor(
        accounts.directory(),
        authentication,
        registry,
        logins,
        general.clientLoginTimeoutMillis(),
        general.tls().clients().map(ClientTlsConfig::mode).orElse(TlsMode.DISABLE),
        accounts.sniRoutes(),
        general.log());
  }

  @Override
  public ClientDoor door() {
    return door;
  }

  @Override
  public @Nullable TlsAcceptor tls() {
    return encryption.clients();
  }
}
