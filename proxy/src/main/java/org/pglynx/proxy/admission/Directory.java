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
  private final Map<String, String> servers = new LinkedHashMap<>();

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

  /** Says which server a database is on. */
  public void server(String database, String server) {
    servers.put(database, server);
  }

  @Override
  public CompletionStage<Answer> admit(Caller asking) {
    Caller caller = asking.replication() ? asking.asksFor(ofServer(asking)) : asking;
    Demand demanded = reception.demand(caller);
    if (demanded == null && reception.rules()) {
      return CompletableFuture.completedFuture(Refusals.noRule(caller));
    }
    Account account = account(caller);
    return reception.receive(
        caller, account, demanded == null ? Demand.of(account.method()) : demanded);
  }

  /**
   * Physical replication is of a server and not of a database, and most of its programs name none,
   * or "replication" (for ~/.pgpass). A name that is no database's leads to the server that all are
   * on; if they are on several, it is unknown.
   */
  private String ofServer(Caller caller) {
    String named = caller.database();
    boolean oneServer = servers.values().stream().distinct().count() == 1;
    if (databases.containsKey(named) || databases.containsKey(PoolConfig.ANY) || !oneServer) {
      return named;
    }
    return servers.keySet().stream()
        .filter(database -> knows(database, caller.user()))
        .findFirst()
        .orElse(servers.keySet().iterator().next());
  }

  private boolean knows(String database, String user) {
    Map<String, Account> users = databases.getOrDefault(database, Map.of());
    return users.containsKey(user) || users.containsKey(PoolConfig.ANY);
  }

  private Account account(Caller caller) {
    Map<String, Account> users = databases.get(caller.database());
    if (users == null) {
      users = databases.get(PoolConfig.ANY);
    }
    return users == null ? withoutDatabase(caller) : user(users, caller.user());
  }

  private static Account user(Map<String, Account> users, String user) {
    Account account = users.get(user);
    if (account == null) {
      account = users.get(PoolConfig.ANY);
    }
    return account == null ? unknown(users) : account;
  }

  private Account withoutDatabase(Caller caller) {
    String hint =
        caller.replication()
            ? "The pools lead to several servers: name the pool of the one to replicate as dbname;"
                + " programs that name none ask for \"replication\", which may be a pool's name."
            : "Databases are the names of [pools.*] in the configuration.";
    Account.Door nowhere =
        closed(
            PgError.fatal(
                    SqlState.UNKNOWN_DATABASE,
                    "database \"" + caller.database() + "\" does not exist")
                .withHint(hint));
    for (Map<String, Account> users : databases.values()) {
      Account elsewhere = users.get(caller.user());
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
