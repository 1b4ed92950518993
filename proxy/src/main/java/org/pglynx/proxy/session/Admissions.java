package org.pglynx.proxy.session;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Says who may come in, and with what policy. Called on event loops, so whatever must be asked of a
 * server, a file or a resolver is answered later.
 */
public interface Admissions {
  /** How to receive the caller; completes on any thread. */
  CompletionStage<Answer> admit(Caller caller);

  /** How to receive a caller. */
  sealed interface Answer {}

  /**
   * Not at all, and no proof is asked for: the rules say so, or nobody can be asked. It must not
   * depend on whether the user exists.
   *
   * @param error for the client; ends the connection
   * @param reason for the log
   */
  record Refusal(PgError error, String reason) implements Answer {}

  /**
   * Ask for a proof.
   *
   * @param method how the caller must prove who it is
   * @param secret what is known about its password; null goes through a mock exchange
   * @param unknownLike how an unknown user is asked under md5
   * @param entry what is behind the door
   * @param recheck asks for the secret anew if the proof does not fit it; null if it cannot have
   *     changed
   */
  record Proof(
      AuthMethod method,
      @Nullable StoredSecret secret,
      AuthMethod unknownLike,
      Entry entry,
      @Nullable Recheck recheck)
      implements Answer {}

  /** Lets a caller in that has proved who it is. Called on its event loop. */
  interface Entry {
    /**
     * The caller's policy, which it has {@linkplain Occupancy#enter entered} and leaves when its
     * session ends.
     *
     * @param keys what a SCRAM proof has left; null for other methods
     * @throws PgErrorException if there is nothing behind this door
     */
    SessionProfile enter(@Nullable ScramKeys keys) throws PgErrorException;
  }

  /** Asks for a secret that may have changed. */
  interface Recheck {
    /** The secret as it is now, null if there is none; completes on any thread. */
    CompletionStage<@Nullable StoredSecret> secret();
  }
}
