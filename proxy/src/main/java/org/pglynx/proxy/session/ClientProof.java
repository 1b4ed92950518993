package org.pglynx.proxy.session;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ClientAuthenticator;
import org.pglynx.proxy.auth.Step;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * How a client proves who it is: one exchange of messages, with the work that takes long done off
 * the event loop. Confined to the loop itself.
 *
 * <pre>
 *   ── received() ──► PREPARING ──► CHALLENGED ── next() ──► CHALLENGED ── right ──► proven
 *         │ refused                     ▲                        │ wrong, the secret was remembered
 *         ▼                             └── the present one ─────┤
 *      refused ◄──────────────────────────── wrong ──────────────┘
 * </pre>
 */
final class ClientProof {
  private final LoginStage login;
  private final ClientDoor door;
  private final Caller caller;
  private Admissions.@Nullable Proof proof;
  private @Nullable ClientAuthenticator authenticator;
  private boolean rechecked;

  ClientProof(LoginStage login, ClientDoor door, Caller caller) {
    this.login = login;
    this.door = door;
    this.caller = caller;
  }

  /** Whether the client has been asked. */
  boolean begun() {
    return authenticator != null;
  }

  /** The client has answered. */
  void next(byte[] message) {
    ClientAuthenticator exchange = authenticator;
    if (exchange != null) {
      step(exchange.next(message));
    }
  }

  /** How the client is to be received is known. */
  void received(Admissions.Answer answer) {
    switch (answer) {
      case Admissions.Refusal refusal -> login.refuse(refusal.error(), refusal.reason());
      case Admissions.Proof found -> {
        proof = found;
        prepare(found);
      }
    }
  }

  private void prepare(Admissions.Proof found) {
    if (door.authentication().ready(found.method(), caller.user(), found.secret())) {
      challenge(found);
    } else {
      offload(
          () -> door.authentication().prepare(found.method(), caller.user(), found.secret()),
          () -> challenge(found));
    }
  }

  private void challenge(Admissions.Proof found) {
    ClientAuthenticator exchange =
        door.authentication()
            .begin(
                found.method(),
                caller.user(),
                found.secret(),
                found.unknownLike(),
                login.client().channelBinding());
    authenticator = exchange;
    step(exchange.first());
  }

  /** Works off the event loop, then goes on here; what the client sends meanwhile waits. */
  private void offload(Runnable work, Runnable then) {
    login.later(slow(Executors.callable(work)), done -> then.run());
  }

  private <T extends @Nullable Object> CompletionStage<T> slow(Callable<T> work) {
    CompletableFuture<T> coming = new CompletableFuture<>();
    try {
      door.offload().execute(() -> complete(coming, work));
    } catch (RejectedExecutionException e) {
      coming.completeExceptionally(
          PgError.fatal(SqlState.TOO_MANY_CONNECTIONS, "too many clients log in at once")
              .toException());
    }
    return coming;
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> coming, Callable<T> work) {
    try {
      coming.complete(work.call());
    } catch (Throwable e) {
      coming.completeExceptionally(e);
    }
  }

  private void step(Step step) {
    switch (step) {
      case Step.Continue next -> login.send(next.message());
      case Step.Compute slow -> login.later(slow(slow.work()::get), this::step);
      case Step.Success success -> {
        success.messages().forEach(login::send);
        proven(success);
      }
      case Step.Failure failure -> failed(failure);
    }
  }

  /** A proof that does not fit a remembered secret may fit the present one. */
  private void failed(Step.Failure failure) {
    Admissions.Proof found = proof;
    Admissions.Recheck recheck = found == null ? null : found.recheck();
    if (failure.kind() == Step.Kind.WRONG_CREDENTIALS && recheck != null && !rechecked) {
      rechecked = true;
      login.later(recheck.secret(), fresh -> judgeAgain(failure, fresh));
      return;
    }
    PgError error =
        new PgError(
            PgError.Severity.FATAL, failure.kind().sqlState(), failure.message(), null, null);
    login.refuse(error, failure.reason());
  }

  private void judgeAgain(Step.Failure failure, @Nullable StoredSecret fresh) {
    ClientAuthenticator exchange = authenticator;
    step(fresh == null || exchange == null ? failure : exchange.again(fresh));
  }

  private void proven(Step.Success success) {
    Admissions.Proof found = proof;
    if (found != null) {
      login.proven(found.entry(), success);
    }
  }
}
