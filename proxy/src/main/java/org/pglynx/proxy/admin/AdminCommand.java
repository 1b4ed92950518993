package org.pglynx.proxy.admin;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** What a text sent to an admin database asks for. */
sealed interface AdminCommand {
  /** {@code SHOW} of one of the console's own tables. */
  record Show(ShowTopic topic, Selection.Clause clause) implements AdminCommand {}

  /**
   * {@code SHOW} of a session parameter, as drivers ask for it; the name as PostgreSQL spells it.
   */
  record ShowParameter(String name, String value) implements AdminCommand {}

  /** {@code SELECT} of a whole number: how drivers and checks ask whether anybody is there. */
  record SelectNumber(int value) implements AdminCommand {}

  /**
   * What drivers send for its effect on a server session, which the console does not have.
   *
   * @param notice what whoever has written it by hand should know, or null
   */
  record Acknowledge(String tag, @Nullable PgError notice) implements AdminCommand {
    Acknowledge(String tag) {
      this(tag, null);
    }
  }

  /** Takes a host's servers out of use; 0 seconds are as many as the configuration says. */
  record Ban(String host, long seconds) implements Action {}

  /** Brings them back. */
  record Unban(String host) implements Action {}

  /** Lets a host's servers take no more work. */
  record Drain(String host) implements Action {}

  /** Lets them take work again. */
  record Undrain(String host) implements Action {}

  /** Changes something: for admins alone. */
  sealed interface Action extends AdminCommand {}

  /** {@code RELOAD}. */
  record Reload() implements Action {}

  /** {@code PAUSE [db[, user]]}: nobody begins a transaction, and server connections are closed. */
  record Pause(AdminTarget target) implements Action {}

  /** {@code RESUME [db[, user]]}. */
  record Resume(AdminTarget target) implements Action {}

  /** {@code DISABLE db}: nobody comes in any more. */
  record Disable(String database) implements Action {}

  /** {@code ENABLE db}. */
  record Enable(String database) implements Action {}

  /** {@code KILL [db[, user]]}: PAUSE, and clients are ended at once. */
  record Kill(AdminTarget target) implements Action {}

  /** {@code KILL_CLIENT id}. */
  record KillClient(int id) implements Action {}

  /** {@code CANCEL id}: what the client runs is cancelled. */
  record Cancel(int id) implements Action {}

  /** {@code RECONNECT [db[, user]]}: every server connection is replaced once it is free. */
  record Reconnect(AdminTarget target) implements Action {}

  /** {@code WAIT_CLOSE [db[, user]]}: until RECONNECT, or a reload, has replaced them. */
  record WaitClose(AdminTarget target) implements Action {}

  /** {@code MAINTENANCE ON|OFF}: PAUSE of all, and not ready for new clients. */
  record Maintenance(boolean on) implements Action {}

  /** {@code SET key = value} of the configuration, until the next RELOAD. */
  record Set(String key, String value) implements Action {}

  /** {@code RESET STATS}. */
  record ResetStats() implements Action {}

  /** {@code SHUTDOWN [WAIT_FOR_CLIENTS|WAIT_FOR_SERVERS]}. */
  record Shutdown(StopHow how) implements Action {}

  /** Anything else. */
  record Refuse(PgError error) implements AdminCommand {}
}
