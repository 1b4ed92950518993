package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * Finds out what a server reports to a client with the given parameters: from memory, or from a
 * server connection to which they are applied. So a parameter that the server refuses, and a server
 * that cannot be reached, show at login.
 */
final class ParameterQuestion implements UpstreamProvider.Waiter, Downstream {
  private final LoginStage login;
  private final SessionTarget target;
  private final SessionProfile profile;
  private final SessionProfile.Place place;
  private final ParameterSet asked;
  private @Nullable Upstream upstream;
  private boolean waiting;
  private long waitingSinceNanos;

  ParameterQuestion(
      LoginStage login,
      SessionTarget target,
      SessionProfile profile,
      SessionProfile.Place place,
      ParameterSet asked) {
    this.login = login;
    this.target = target;
    this.profile = profile;
    this.place = place;
    this.asked = asked;
  }

  void ask() {
    UpstreamProvider provider = place.provider();
    Greeting known = profile.greeting(asked, provider != null);
    // Whoever wants a certain server is to know whether there is one.
    if (known != null && (target.role() == null || provider == null)) {
      login.answered(profile, place, asked, known);
      return;
    }
    if (provider == null) {
      throw new IllegalStateException("a database without servers reports what is fixed");
    }
    Upstream given = provider.open(this);
    if (given == null) {
      waiting = true;
    } else {
      onUpstream(given);
    }
  }

  void withdraw() {
    UpstreamProvider provider = place.provider();
    if (waiting && provider != null) {
      provider.withdraw(this);
    }
    Upstream held = upstream;
    if (held != null) {
      upstream = null;
      held.release(Upstream.Release.ABANDONED);
    }
  }

  @Override
  public void onUpstream(Upstream given) {
    waiting = false;
    upstream = given;
    given.apply(asked);
    if (given.drained()) {
      onDrained();
    } else {
      given.drain();
    }
  }

  @Override
  public void onDrained() {
    Upstream held = upstream;
    if (held == null) {
      return;
    }
    upstream = null;
    Map<String, String> told = target.told(held.reported(), profile);
    PgError mismatch = target.mismatch(told);
    Greeting greeting =
        target.role() == null ? profile.rememberReported(asked, told) : new Greeting(told);
    held.release(Upstream.Release.IDLE);
    if (mismatch == null) {
      login.answered(profile, place, asked, greeting);
    } else {
      refuse(mismatch);
    }
  }

  @Override
  public ServerRole role() {
    return target.asks(profile);
  }

  @Override
  public void onRefused(PgError error) {
    waiting = false;
    refuse(target.unavailable(error));
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    upstream = null;
    refuse(error);
  }

  private void refuse(PgError error) {
    login.refuse(error.fatal());
  }

  @Override
  public Downstream downstream() {
    return this;
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    waitingSinceNanos = nanos;
  }

  @Override
  public void onReplies(ByteBuf run) {
    run.release();
  }
}
