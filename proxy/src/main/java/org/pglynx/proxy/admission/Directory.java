package org.pglynx.proxy.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.session.Admissions;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Databases and users as the configuration names them, {@code *} being all others. An unknown
 * database is only told to somebody who has proved to be a known user of another one; everybody
 * else fails as with a wrong password.
 */
public final class Directory implements Admissions {
  private final Reception reception;
  private final Map<String, Map<String, Account>> databases = new LinkedHashMap<>();

  /** An empty directory; whoever is in it is received as the reception says. */
  public Directory(Reception reception) {
    this.reception = reception;
  }

  /**
   * Adds an account before the first client comes.
   *
   * @param database as clients name it; {@code *} is every database without an entry
   * @param user as clients name it; {@code *} is every user without an entry
   */
  public void add(String database, String user, Account account) {
    databases.computeIfAbsent(database, name -> new LinkedHashMap<>()).put(user, account);
  }

  @Override
  public CompletionStage<Answer> admit(Caller caller) {
    Demand demanded = reception.demand(caller);
    if (demanded == null && reception.rules()) {
      return CompletableFuture.completedFuture(Refusals.noRule(caller));
    }
    Account account = account(caller.database(), caller.user());
    return reception.receive(
        caller, account, demanded == null ? Demand.of(account.method()) : demanded);
  }

  private Account account(String database, String user) {
    Map<String, Account> users = databases.get(database);
    if (users == null) {
      users = databases.get(PoolConfig.ANY);
    }
    return users == null ? withoutDatabase(database, user) : user(users, user);
  }

  private static Account user(Map<String, Account> users, String user) {
    Account account = users.get(user);
    if (account == null) {
      account = users.get(PoolConfig.ANY);
    }
    return account == null ? unknown(users) : account;
  }

  private Account withoutDatabase(String database, String user) {
    Account.Door nowhere =
        closed(
            PgError.fatal(SqlState.UNKNOWN_DATABASE, "database \"" + database + "\" does not exist")
                .withHint("Databases are the names of [pools.*] in the configuration."));
    for (Map<String, Account> users : databases.values()) {
      Account elsewhere = users.get(user);
      if (elsewhere != null) {
        return new Account(elsewhere.method(), elsewhere.secrets(), nowhere);
      }
    }
    return new Account(
        HbaMethod.SCRAM_SHA_256, new Secrets.Nobody(AuthMethod.SCRAM_SHA_256), nowhere);
  }

  /** Asked as most users of the database are; where all are trusted there is nothing to hide. */
  private static Account unknown(Map<String, Account> users) {
    HbaMethod method =
        users.values().stream()
            .map(Account::method)
            .filter(used -> used != HbaMethod.TRUST)
            .findFirst()
            .orElse(HbaMethod.TRUST);
    AuthMethod like =
        users.values().stream()
            .map(each -> each.secrets().unknownLike())
            .filter(used -> used == AuthMethod.SCRAM_SHA_256)
            .findFirst()
            .orElse(AuthMethod.MD5);
    return new Account(method, new Secrets.Nobody(like), Reception::nobody);
  }

  private static Account.Door closed(PgError refusal) {
    return (database, user, secret, keys) -> {
      throw refusal.toException();
    };
  }
}
