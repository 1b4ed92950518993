package org.pglynx.proxy.admin;

import org.pglynx.proxy.wire.PgError;

/** What a text sent to an admin database asks for. */
sealed interface AdminCommand {
  /** {@code SHOW} of one of the console's own tables. */
  record Show(ShowTopic topic) implements AdminCommand {}

  /**
   * {@code SHOW} of a session parameter, as drivers ask for it; the name as PostgreSQL spells it.
   */
  record ShowParameter(String name, String value) implements AdminCommand {}

  /** {@code SELECT} of a whole number: how drivers and checks ask whether anybody is there. */
  record SelectNumber(int value) implements AdminCommand {}

  /** What drivers send for its effect on a server session, which the console does not have. */
  record Acknowledge(String tag) implements AdminCommand {}

  /** Takes a host's servers out of use; 0 seconds are as many as the configuration says. */
  record Ban(String host, long seconds) implements AdminCommand {}

  /** Brings them back. */
  record Unban(String host) implements AdminCommand {}

  /** Anything else. */
  record Refuse(PgError error) implements AdminCommand {}
}
