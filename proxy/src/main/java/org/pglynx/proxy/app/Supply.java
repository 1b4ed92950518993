package org.pglynx.proxy.app;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.LearnedCredential;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.intercept.QueryInterceptor;

/**
 * The server connections of a database and user, as one configuration has them.
 *
 * @param database its part of the configuration
 * @param user its part of the configuration
 * @param login to its servers
 * @param servers the connections
 * @param interceptor what statements go through that go there; null for nothing
 */
record Supply(
    PoolConfig database,
    UserConfig user,
    Login login,
    Servers servers,
    @Nullable QueryInterceptor interceptor) {

  /**
   * A login to servers.
   *
   * @param credential what clients teach about it
   * @param configured what is known without them; null for nothing
   * @param targets the servers, with that credential
   */
  record Login(
      LearnedCredential credential,
      @Nullable StoredSecret configured,
      List<BackendTarget> targets) {
    Login {
      targets = List.copyOf(targets);
    }

    /** Whether connections of the one are as good as those of the other. */
    boolean same(Login other) {
      return plain(targets, credential).equals(plain(other.targets, credential))
          && Objects.equals(configured, other.configured);
    }

    /** With one and the same credential: what clients have taught makes no difference. */
    private static List<BackendTarget> plain(
        List<BackendTarget> targets, LearnedCredential credential) {
      return targets.stream()
          .map(target ->
              new BackendTarget(
                  target.host(),
                  target.port(),
                  target.database(),
                  target.user(),
                  credential,
                  target.connectTimeoutMillis(),
                  target.statementLimit(),
                  target.cleans(),
                  target.tls(),
                  target.parameters()))
          .toList();
    }
  }

  /** These connections under another part of the configuration. */
  Supply under(PoolConfig changed, UserConfig changedUser) {
    return new Supply(changed, changedUser, login, servers, interceptor);
  }

  void learn(@Nullable StoredSecret secret, @Nullable ScramKeys keys) {
    login.credential().learn(forServer(secret), keys);
  }

  /** What a client has proved says nothing of the server where another login is configured. */
  private @Nullable StoredSecret forServer(@Nullable StoredSecret secret) {
    boolean sameLogin =
        user.serverUsername().equals(user.username())
            && (user.serverPassword().isEmpty() || user.serverPassword().equals(user.password()));
    return sameLogin ? secret : null;
  }
}
