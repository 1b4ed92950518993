package org.pglynx.proxy.admission;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.HbaRule.ClientCertificate;
import org.pglynx.proxy.session.Admissions.Answer;
import org.pglynx.proxy.session.Admissions.Entry;
import org.pglynx.proxy.session.Admissions.Proof;
import org.pglynx.proxy.session.Admissions.Recheck;
import org.pglynx.proxy.session.Admissions.Refusal;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives callers: by the first rule that matches, or by what their account says. Nothing that is
 * answered before the proof depends on whether the user exists.
 */
public final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  private final @Nullable HbaGate gate;
  private final UserMaps maps;
  private final SystemUsers systemUsers;
  private final boolean plaintextAllowed;

  /** Receives by the configuration. */
  public Reception(AuthConfig config, LocalNetworks networks, SystemUsers systemUsers) {
    this.gate = gate(config.rules().map(rules -> new HbaGate(rules, networks)));
    this.maps = new UserMaps(config.maps());
    this.systemUsers = systemUsers;
    this.plaintextAllowed = config.plaintextAllowed();
  }

  private static @Nullable HbaGate gate(Optional<HbaGate> gate) {
    return gate.orElse(null);
  }

  /** Whether rules decide; else each account does. */
  boolean rules() {
    return gate != null;
  }

  /** What the rules demand; null if none matches. */
  @Nullable Demand demand(Caller caller) {
    HbaRule rule = gate == null ? null : gate.rule(caller);
    return rule == null ? null : Demand.of(rule);
  }

  CompletionStage<Answer> receive(Caller caller, Account account, Demand demand) {
    Refusal refusal = refusal(caller, demand);
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    return account
        .secrets()
        .find(caller.user())
        .handle((known, failure) ->
            failure == null ? proof(caller, account, demand, known) : unavailable(failure));
  }

  private @Nullable Refusal refusal(Caller caller, Demand demand) {
    Origin origin = caller.origin();
    String certificate = origin.certificate();
    if (demand.certificate() != ClientCertificate.NONE && certificate == null) {
      return Refusals.noCertificate();
    }
    return switch (demand.method()) {
      case REJECT -> Refusals.rejected(caller, demand.source());
      case PEER -> peer(caller, demand);
      case PASSWORD ->
          origin.encrypted() || origin.local() || plaintextAllowed ? null : Refusals.clearText();
      case CERT, TRUST -> misnamed(caller, demand) ? wrongCertificate(caller, demand) : null;
      case MD5, SCRAM_SHA_256 -> null;
    };
  }

  private @Nullable Refusal peer(Caller caller, Demand demand) {
    Origin.Peer peer = caller.origin().peer();
    if (peer == null) {
      return Refusals.failed(HbaMethod.PEER, caller, "the kernel does not name the peer");
    }
    String name = systemUsers.name(peer.uid());
    if (name == null) {
      return Refusals.failed(HbaMethod.PEER, caller, "nobody has the user number " + peer.uid());
    }
    return maps.allows(demand.map(), name, caller.user())
        ? null
        : Refusals.failed(
            HbaMethod.PEER, caller, "the peer is \"" + name + "\" (" + demand.source() + ")");
  }

  /** Whether it must show a certificate of its user's, and shows another. */
  private boolean misnamed(Caller caller, Demand demand) {
    String certificate = caller.origin().certificate();
    return demand.certificate() == ClientCertificate.VERIFY_FULL
        && (certificate == null || !maps.allows(demand.map(), certificate, caller.user()));
  }

  private static Refusal wrongCertificate(Caller caller, Demand demand) {
    return Refusals.failed(
        demand.method(),
        caller,
        "the certificate's common name is \""
            + caller.origin().certificate()
            + "\" ("
            + demand.source()
            + ")");
  }

  private Answer proof(Caller caller, Account account, Demand demand, KnownSecret known) {
    Login login = new Login(caller, account, known);
    AuthMethod method =
        switch (demand.method()) {
          case TRUST, CERT, PEER, REJECT -> AuthMethod.TRUST;
          case MD5 -> AuthMethod.MD5;
          case PASSWORD -> AuthMethod.PASSWORD;
          case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
        };
    // As Postgres: a certificate of somebody else shows only after the password, as a wrong one.
    boolean doomed = misnamed(caller, demand) || !known.exists();
    StoredSecret secret = doomed ? null : known.secret();
    Recheck recheck = known.remembered() && !misnamed(caller, demand) ? login : null;
    return new Proof(method, secret, account.secrets().unknownLike(), login, recheck);
  }

  private static Refusal unavailable(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    if (cause instanceof PgErrorException refused) {
      return new Refusal(refused.error(), "auth_query failed");
    }
    LOG.error("the secret of a user cannot be looked up", cause);
    return new Refusal(
        PgError.fatal(SqlState.INTERNAL_ERROR, "the proxy cannot look up users"), "a fault");
  }

  /** The door of users that are not there. */
  static SessionProfile nobody(
      String database, String user, @Nullable StoredSecret secret, @Nullable ScramKeys keys)
      throws PgErrorException {
    throw PgError.fatal(SqlState.INVALID_AUTHORIZATION, "role \"" + user + "\" does not exist")
        .toException();
  }

  /** One caller on its way in; knows what its proof is held against. */
  private static final class Login implements Entry, Recheck {
    private final Caller caller;
    private final Account account;
    private volatile KnownSecret known;

    Login(Caller caller, Account account, KnownSecret known) {
      this.caller = caller;
      this.account = account;
      this.known = known;
    }

    @Override
    public SessionProfile enter(@Nullable ScramKeys keys) throws PgErrorException {
      KnownSecret held = known;
      Account.Door door = held.exists() ? account.door() : Reception::nobody;
      return door.enter(caller.database(), caller.user(), held.secret(), keys);
    }

    @Override
    public CompletionStage<@Nullable StoredSecret> secret() {
      return account
          .secrets()
          .askAgain(caller.user())
          .handle((fresh, failure) -> {
            if (failure == null) {
              known = fresh;
            }
            return failure == null ? fresh.secret() : null;
          });
    }
  }
}
