package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.LiveBuffers;

/**
 * Real sessions over real server connections, with a scripted client at one end and a scripted
 * server at the other. When a test ends every lease must be back and every buffer released.
 */
final class Rig implements AfterEachCallback {
  final LiveBuffers buffers = new LiveBuffers();
  final ManualLoop loop = new ManualLoop();
  final SessionRegistry registry = new SessionRegistry(100, 0, CancelForwarder.NONE, loop::nanos);
  final TestPool pool = new TestPool(buffers);
  final RolePool roles = new RolePool(buffers);
  final PoolCounters counters = new PoolCounters();
  final Fakes.Interceptor interceptor = new Fakes.Interceptor();

  /** How many names a client may have. */
  static final int NAMES = 60;

  private final StatementRegistry statements = new StatementRegistry(100, NAMES);
  private final List<TestClient> clients = new ArrayList<>();

  /** One more server. */
  ScriptedServer server() {
    return pool.server();
  }

  /** One more client, logged in, with transaction pooling. */
  TestClient client() {
    return client(profile(false, interceptor), ParameterSet.DEFAULTS);
  }

  /** One more client, logged in, with session pooling and no interceptor. */
  TestClient keepingClient() {
    return client(profile(true, null), ParameterSet.DEFAULTS);
  }

  TestClient client(SessionProfile profile, ParameterSet parameters) {
    TestClient client = connection();
    client.become(session(client, profile, parameters));
    return client;
  }

  Session session(TestClient client, SessionProfile profile, ParameterSet parameters) {
    return new Session(client, profile, place(), registry, parameters, registry.newKey(0));
  }

  /** A client's connection without a stage yet. */
  TestClient connection() {
    TestClient client = new TestClient(buffers, loop);
    clients.add(client);
    return client;
  }

  /** The secret that the session's client was told. */
  byte[] cancelKey(int id) {
    return Objects.requireNonNull(registry.find(id)).cancelKey();
  }

  /** One more client, logged in, with transaction pooling, whose BEGIN waits. */
  TestClient deferringClient() {
    return client(profile(false, interceptor, true), ParameterSet.DEFAULTS);
  }

  /** One more client, logged in, with transaction pooling, for whom the hub listens. */
  TestClient listeningClient(NotificationHub hub) {
    SessionProfile profile = profile(false, interceptor);
    profile.rememberReported(ParameterSet.DEFAULTS, Map.of("client_encoding", "UTF8"));
    TestClient client = connection();
    client.become(
        new Session(
            client,
            profile,
            new SessionProfile.Place(pool, null, counters, hub),
            registry,
            ParameterSet.DEFAULTS,
            registry.newKey(0)));
    return client;
  }

  /** One more client, logged in, whose statements the router sends to either server. */
  TestClient routedClient(Router router, PoolMode mode, Map<String, String> parameters) {
    SessionProfile profile =
        new SessionProfile(
            "shop",
            "app",
            new SessionPolicy(mode, OnSessionState.PIN, true, TimeLimits.NONE),
            new SessionProfile.Statements(null, statements, InternalSession::new, router),
            loop -> new SessionProfile.Place(roles, counters),
            Map.of(),
            ClientQuota.NONE);
    TestClient client = connection();
    client.become(
        new Session(
            client,
            profile,
            profile.on(loop),
            registry,
            ParameterSet.of(parameters),
            registry.newKey(0)));
    return client;
  }

  /** One more client, all of whose statements are logged. */
  TestClient loggingClient(PluginsConfig.QueryLog how) {
    SessionProfile profile =
        new SessionProfile(
            "shop",
            "app",
            new SessionPolicy(
                PoolMode.TRANSACTION,
                OnSessionState.PIN,
                false,
                TimeLimits.NONE,
                SessionPolicy.ServerUse.ONE,
                Optional.of(how)),
            new SessionProfile.Statements(null, statements, InternalSession::new),
            loop -> place(),
            Map.of(),
            ClientQuota.NONE);
    TestClient client = connection();
    client.become(session(client, profile, ParameterSet.DEFAULTS));
    return client;
  }

  /** One more client with session pooling, whose reads go to the replica all the same. */
  TestClient splittingClient(Router router) {
    SessionPolicy.ServerUse use = new SessionPolicy.ServerUse(ServerRole.PRIMARY, false, 0, true);
    return roleClient(
        router,
        new SessionPolicy(PoolMode.SESSION, OnSessionState.PIN, true, TimeLimits.NONE, use),
        TargetSessionAttrs.ANY);
  }

  /** One more client that has come in by a listener to certain servers. */
  TestClient targetedClient(Router router, TargetSessionAttrs target) {
    return roleClient(router, SessionPolicy.of(PoolMode.TRANSACTION), target);
  }

  /** The same, where sessions read what they wrote. */
  TestClient rememberingClient(Router router, TargetSessionAttrs target) {
    SessionPolicy.ServerUse use = new SessionPolicy.ServerUse(ServerRole.PRIMARY, true, 0, false);
    return roleClient(
        router,
        new SessionPolicy(PoolMode.TRANSACTION, OnSessionState.PIN, true, TimeLimits.NONE, use),
        target);
  }

  private TestClient roleClient(Router router, SessionPolicy policy, TargetSessionAttrs target) {
    SessionProfile profile =
        new SessionProfile(
            "shop",
            "app",
            policy,
            new SessionProfile.Statements(interceptor, statements, InternalSession::new, router),
            loop -> new SessionProfile.Place(roles, counters),
            Map.of(),
            ClientQuota.NONE);
    TestClient client = connection();
    client.become(
        new Session(
            client,
            profile,
            profile.on(loop),
            SessionTarget.of(target),
            registry,
            ParameterSet.DEFAULTS,
            registry.newKey(0)));
    return client;
  }

  /** The number that the only client was told at login. */
  int onlyId() {
    return registry.views().getFirst().id();
  }

  SessionProfile profile(boolean sessionPooling, @Nullable QueryInterceptor asked) {
    return profile(sessionPooling, asked, false);
  }

  SessionProfile profile(
      boolean sessionPooling, @Nullable QueryInterceptor asked, boolean defersBegin) {
    return profile(sessionPooling, TimeLimits.NONE, asked, defersBegin);
  }

  SessionProfile profile(
      boolean sessionPooling,
      TimeLimits limits,
      @Nullable QueryInterceptor asked,
      boolean defersBegin) {
    PoolMode mode = sessionPooling ? PoolMode.SESSION : PoolMode.TRANSACTION;
    return profile(mode, limits, asked, defersBegin, ClientQuota.NONE);
  }

  SessionProfile profile(
      PoolMode mode,
      TimeLimits limits,
      @Nullable QueryInterceptor asked,
      boolean defersBegin,
      ClientQuota quota) {
    return new SessionProfile(
        "shop",
        "app",
        new SessionPolicy(mode, OnSessionState.PIN, defersBegin, limits),
        new SessionProfile.Statements(asked, statements, InternalSession::new),
        loop -> place(),
        Map.of(),
        quota);
  }

  SessionProfile.Place place() {
    return new SessionProfile.Place(pool, counters);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    finish();
    buffers.afterEach(context);
  }

  /** Ends all clients and servers. */
  void finish() {
    clients.forEach(TestClient::finish);
    pool.finish();
    roles.finish();
    loop.run();
  }
}
