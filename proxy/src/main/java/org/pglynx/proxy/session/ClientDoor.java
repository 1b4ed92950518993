package org.pglynx.proxy.session;

import java.util.concurrent.Executor;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.config.WelcomeConfig;

/**
 * What every client passes through on its way in; one for each kind of listeners.
 *
 * @param admissions says who may come in
 * @param authentication begins the exchanges
 * @param registry of all sessions
 * @param offload runs key derivation, off the event loops
 * @param loginTimeoutMillis limit from the connection to the end of the login; 0 is without end
 * @param tls what is asked of connections that could be encrypted
 * @param sniRoutes where host names of the TLS handshake lead
 * @param log which comings and goings are worth an INFO line
 * @param target which servers clients get into
 * @param welcome what clients meet with
 */
public record ClientDoor(
    Admissions admissions,
    ClientAuthentication authentication,
    SessionRegistry registry,
    Executor offload,
    long loginTimeoutMillis,
    TlsMode tls,
    SniRoutes sniRoutes,
    LogConfig log,
    TargetSessionAttrs target,
    WelcomeConfig welcome) {
  /** One to all servers. */
  public ClientDoor(
      Admissions admissions,
      ClientAuthentication authentication,
      SessionRegistry registry,
      Executor offload,
      long loginTimeoutMillis,
      TlsMode tls,
      SniRoutes sniRoutes,
      LogConfig log) {
    this(
        admissions,
        authentication,
        registry,
        offload,
        loginTimeoutMillis,
        tls,
        sniRoutes,
        log,
        TargetSessionAttrs.ANY,
        WelcomeConfig.NONE);
  }

  /** The same to other servers. */
  public ClientDoor to(TargetSessionAttrs servers) {
    return with(tls, servers, welcome);
  }

  /** The same with something for clients to meet with. */
  public ClientDoor welcoming(WelcomeConfig other) {
    return with(tls, target, other);
  }

  /**
   * The same for clients of this process that speak for somebody: to all servers, unencrypted, and
   * without the message, which is for whoever reads what a login says. Here nobody does: it would
   * come as the first notice of what is asked then, and be shown among those of a training.
   */
  public ClientDoor within() {
    return with(TlsMode.DISABLE, TargetSessionAttrs.ANY, welcome.withoutMessage());
  }

  private ClientDoor with(TlsMode mode, TargetSessionAttrs servers, WelcomeConfig greeting) {
    return new ClientDoor(
        admissions,
        authentication,
        registry,
        offload,
        loginTimeoutMillis,
        mode,
        sniRoutes,
        log,
        servers,
        greeting);
  }

  /** The first stage of a connection that has just been accepted. */
  public ClientEnd.Stage open(ClientEnd client) {
    LoginMemory.Share share = registry.logins().open(client.origin().local());
    StartupStage stage = new StartupStage(this, client, share);
    stage.begin();
    return stage;
  }
}
