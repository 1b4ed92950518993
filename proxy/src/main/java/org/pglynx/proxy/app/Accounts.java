package org.pglynx.proxy.app;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admission.Account;
import org.pglynx.proxy.admission.AuthQuery;
import org.pglynx.proxy.admission.Directory;
import org.pglynx.proxy.admission.KnownSecret;
import org.pglynx.proxy.admission.LocalNetworks;
import org.pglynx.proxy.admission.Reception;
import org.pglynx.proxy.admission.Secrets;
import org.pglynx.proxy.admission.SystemUsers;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.Secret;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SniRoutes;

/** Who may come in by one configuration, and what is behind the doors. */
final class Accounts {
  private final ClientAuthentication authentication;
  private final UserQuestions questions;
  private final Map<String, KnownSecret> listed;
  private final Directory directory;
  private final SniRoutes.Builder sniRoutes = new SniRoutes.Builder();

  /** Nobody yet. */
  Accounts(AuthConfig auth, ClientAuthentication authentication, UserQuestions questions) {
    this.authentication = authentication;
    this.questions = questions;
    this.listed = Secrets.listed(auth.userlist());
    this.directory =
        new Directory(
            new Reception(auth, LocalNetworks.ofThisMachine(), SystemUsers.ofThisMachine()));
  }

  Directory directory() {
    return directory;
  }

  /** Where host names lead, of all pools added so far. */
  SniRoutes sniRoutes() {
    return sniRoutes.build();
  }

  /** A database that clients may name, or all others. */
  void add(PoolConfig pool) {
    pool.sniHosts().forEach(host -> sniRoutes.add(host, pool.shard().database(), pool.name()));
    directory.server(pool.name(), pool.shard().primary().toString());
  }

  /** Opens a pool to one of its users, or to all others. */
  void add(PoolConfig pool, UserConfig user, Account.Door door) {
    AuthQuery query = pool.authQuery().map(asked -> questions.of(pool, asked)).orElse(null);
    StoredSecret own = parsed(user.password());
    prepare(user.authType(), user.username(), own);
    directory.add(
        pool.name(),
        user.username(),
        new Account(
            method(user.authType()), new Secrets.Known(own, listed, query, user.isOne()), door));
  }

  /** Opens a database without servers to a user. */
  void add(String database, String user, AuthType type, Secret password, SessionProfile profile) {
    Secrets secrets = new Secrets.Known(parsed(password), listed, null, true);
    prepare(type, user, parsed(password));
    directory.add(
        database,
        user,
        new Account(
            method(type),
            secrets,
            (named, name, secret, keys) -> {
              profile.occupancy().enter();
              return profile;
            }));
  }

  /** A password in clear is derived now, not at the first login. */
  private void prepare(AuthType type, String user, @Nullable StoredSecret secret) {
    if (type == AuthType.SCRAM_SHA_256) {
      authentication.prepare(AuthMethod.SCRAM_SHA_256, user, secret);
    }
  }

  static @Nullable StoredSecret parsed(Secret secret) {
    return secret.isEmpty() ? null : StoredSecret.parse(secret.value());
  }

  private static HbaMethod method(AuthType type) {
    return switch (type) {
      case TRUST -> HbaMethod.TRUST;
      case MD5 -> HbaMethod.MD5;
      case SCRAM_SHA_256 -> HbaMethod.SCRAM_SHA_256;
      case PASSWORD -> HbaMethod.PASSWORD;
      case CERT -> HbaMethod.CERT;
    };
  }
}
