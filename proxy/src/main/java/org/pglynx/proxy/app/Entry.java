package org.pglynx.proxy.app;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.TargetSessionAttrs;
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
  private volatile TargetSessionAttrs usual;
  private volatile Map<TargetSessionAttrs, ClientDoor> doors;

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
    this.usual = general.target();
    this.doors = made(general, accounts);
  }

  /** Connections that are accepted later come in by another configuration. */
  void become(GeneralConfig general, Accounts accounts) {
    usual = general.target();
    doors = made(general, accounts);
  }

  private Map<TargetSessionAttrs, ClientDoor> made(GeneralConfig general, Accounts accounts) {
    ClientDoor door =
        new ClientDoor(
                accounts.directory(),
                authentication,
                registry,
                logins,
                general.clientLoginTimeoutMillis(),
                general.tls().clients().map(ClientTlsConfig::mode).orElse(TlsMode.DISABLE),
                accounts.sniRoutes(),
                general.log())
            .welcoming(general.welcome());
    Map<TargetSessionAttrs, ClientDoor> made = new EnumMap<>(TargetSessionAttrs.class);
    for (TargetSessionAttrs target : TargetSessionAttrs.values()) {
      made.put(target, door.to(target));
    }
    return made;
  }

  @Override
  public ClientDoor door() {
    return door(usual);
  }

  /** The door to the servers that a listener is for. */
  private ClientDoor door(TargetSessionAttrs target) {
    return Objects.requireNonNull(doors.get(target));
  }

  /** What clients of a further listener come in by. */
  Entrance to(TargetSessionAttrs target) {
    return new Entrance() {
      @Override
      public ClientDoor door() {
        return Entry.this.door(target);
      }

      @Override
      public @Nullable TlsAcceptor tls() {
        return Entry.this.tls();
      }
    };
  }

  @Override
  public @Nullable TlsAcceptor tls() {
    return encryption.clients();
  }
}
