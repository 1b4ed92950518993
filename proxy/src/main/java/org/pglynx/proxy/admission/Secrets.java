package org.pglynx.proxy.admission;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ScramVerifier;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.Secret;

/** Where the secrets of an account are looked for. Any thread. */
public sealed interface Secrets {
  /** What is known of the user, perhaps from memory; fails if nobody can be asked. */
  CompletionStage<KnownSecret> find(String user);

  /** What is known of the user now. */
  CompletionStage<KnownSecret> askAgain(String user);

  /** How a user that nobody knows is asked under md5: as most of those who are known. */
  AuthMethod unknownLike();

  /**
   * Of users that nobody knows.
   *
   * @param unknownLike how they are asked under md5
   */
  record Nobody(AuthMethod unknownLike) implements Secrets {
    @Override
    public CompletionStage<KnownSecret> find(String user) {
      return CompletableFuture.completedFuture(KnownSecret.UNKNOWN);
    }

    @Override
    public CompletionStage<KnownSecret> askAgain(String user) {
      return find(user);
    }
  }

  /**
   * The account's own entry, then auth_file, then auth_query; the first that knows the user
   * decides.
   *
   * @param own the secret of the account itself
   * @param listed secrets of auth_file by user name
   * @param query asks a server; null if none is asked
   * @param named whether the configuration names the user, which so exists whatever the others say
   */
  record Known(
      @Nullable StoredSecret own,
      Map<String, KnownSecret> listed,
      @Nullable AuthQuery query,
      boolean named)
      implements Secrets {

    @Override
    public CompletionStage<KnownSecret> find(String user) {
      AuthQuery asked = query;
      KnownSecret here = here(user);
      if (here != null || asked == null) {
        return CompletableFuture.completedFuture(here == null ? nowhere() : here);
      }
      return known(asked.find(user));
    }

    @Override
    public CompletionStage<KnownSecret> askAgain(String user) {
      AuthQuery asked = query;
      return asked == null || here(user) != null ? find(user) : known(asked.ask(user));
    }

    private CompletionStage<KnownSecret> known(CompletionStage<KnownSecret> asked) {
      return named ? asked.thenApply(KnownSecret::named) : asked;
    }

    private @Nullable KnownSecret here(String user) {
      return own == null ? listed.get(user) : KnownSecret.of(own);
    }

    /** Where nobody keeps a list of users, the server alone says who exists. */
    private KnownSecret nowhere() {
      return named || listed.isEmpty() ? KnownSecret.of(null) : KnownSecret.UNKNOWN;
    }

    @Override
    public AuthMethod unknownLike() {
      AuthQuery asked = query;
      boolean verifiers =
          asked == null
              ? listed.values().stream().anyMatch(each -> each.secret() instanceof ScramVerifier)
              : asked.verifiers();
      return verifiers || own instanceof ScramVerifier ? AuthMethod.SCRAM_SHA_256 : AuthMethod.MD5;
    }
  }

  /** The secrets of auth_file, as they are looked up. */
  static Map<String, KnownSecret> listed(Map<String, Secret> userlist) {
    Map<String, KnownSecret> listed = new HashMap<>();
    userlist.forEach((user, secret) ->
        listed.put(
            user, KnownSecret.of(secret.isEmpty() ? null : StoredSecret.parse(secret.value()))));
    return listed;
  }
}
