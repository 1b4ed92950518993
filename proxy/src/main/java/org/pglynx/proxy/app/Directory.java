package org.pglynx.proxy.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.session.Admissions;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Databases and users as the configuration names them. An unknown database is only told to somebody
 * who has proved to be a known user of another one; everybody else fails as with a wrong password.
 */
final class Directory implements Admissions {
  /**
   * A user of one database.
   *
   * @param method how it must prove who it is
   * @param secret its password; null only with trust
   * @param profile its policy
   */
  record Account(AuthMethod method, @Nullable StoredSecret secret, SessionProfile profile) {}

  private final Map<String, Map<String, Account>> databases = new LinkedHashMap<>();

  void add(String database, String user, Account account) {
    databases.computeIfAbsent(database, name -> new LinkedHashMap<>()).put(user, account);
  }

  @Override
  public CompletionStage<Answer> admit(Caller caller) {
    return CompletableFuture.completedFuture(proof(caller.database(), caller.user()));
  }

  private Proof proof(String database, String user) {
    Map<String, Account> users = databases.get(database);
    if (users == null) {
      return unknownDatabase(database, user);
    }
    Account account = users.get(user);
    return account == null ? unknownUser(users, user) : proof(account, keys -> enter(account));
  }

  private static SessionProfile enter(Account account) {
    account.profile().occupancy().enter();
    return account.profile();
  }

  private static Proof proof(Account account, Entry entry) {
    return new Proof(account.method(), account.secret(), account.method(), entry, null);
  }

  private Proof unknownDatabase(String database, String user) {
    PgError refusal =
        PgError.fatal(SqlState.UNKNOWN_DATABASE, "database \"" + database + "\" does not exist")
            .withHint("Databases are the names of [pools.*] in the configuration.");
    for (Map<String, Account> users : databases.values()) {
      Account account = users.get(user);
      if (account != null) {
        return proof(account, nothingBehind(refusal));
      }
    }
    return new Proof(
        AuthMethod.SCRAM_SHA_256, null, AuthMethod.SCRAM_SHA_256, nothingBehind(refusal), null);
  }

  private static Proof unknownUser(Map<String, Account> users, String user) {
    // Asked as most users of the database are; where all are trusted there is nothing to hide.
    AuthMethod method =
        users.values().stream()
            .map(Account::method)
            .filter(used -> used != AuthMethod.TRUST)
            .findFirst()
            .orElse(AuthMethod.TRUST);
    PgError refusal =
        PgError.fatal(SqlState.INVALID_AUTHORIZATION, "role \"" + user + "\" does not exist");
    return new Proof(method, null, method, nothingBehind(refusal), null);
  }

  private static Entry nothingBehind(PgError refusal) {
    return keys -> {
      throw refusal.toException();
    };
  }
}
