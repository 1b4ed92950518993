package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.TreeMap;
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
  private static final String HOT_STANDBY = "in_hot_standby";

  private final LoginStage login;
  private final SessionProfile profile;
  private final SessionProfile.Place place;
  private final ParameterSet asked;
  private @Nullable Upstream upstream;
  private boolean waiting;
  private long waitingSinceNanos;

  ParameterQuestion(
      LoginStage login, SessionProfile profile, SessionProfile.Place place, ParameterSet asked) {
    this.login = login;
    this.profile = profile;
    this.place = place;
    this.asked = asked;
  }

  void ask() {
    UpstreamProvider provider = place.provider();
    Greeting known = profile.greeting(asked, provider != null);
    if (known != null) {
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
    Greeting greeting = profile.rememberReported(asked, told(held.reported()));
    held.release(Upstream.Release.IDLE);
    login.answered(profile, place, asked, greeting);
  }

  /**
   * Any server can answer, so that clients get in while there is no primary; but what they get into
   * is a standby only for those whose statements go to standbys.
   */
  private Map<String, String> told(Map<String, String> reported) {
    if (profile.servers().defaultRole() == ServerRole.REPLICA
        || !"on".equals(reported.get(HOT_STANDBY))) {
      return reported;
    }
    Map<String, String> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    told.putAll(reported);
    told.put(HOT_STANDBY, "off");
    return told;
  }

  @Override
  public ServerRole role() {
    ServerRole usual = profile.servers().defaultRole();
    return usual == ServerRole.REPLICA ? usual : ServerRole.ANY;
  }

  @Override
  public void onRefused(PgError error) {
    waiting = false;
    refuse(error);
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
