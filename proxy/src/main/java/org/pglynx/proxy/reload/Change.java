package org.pglynx.proxy.reload;

import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.UserConfig;

/** One thing that a new configuration changes; each is done by itself. */
public sealed interface Change {
  /** A database and user that were not there. */
  record AddPool(PoolConfig database, UserConfig user) implements Change {}

  /** A database and user that are there, with other settings. */
  record ChangePool(PoolConfig database, UserConfig user) implements Change {}

  /** A database and user that are there no more: sessions end between two transactions. */
  record RemovePool(String database, String user) implements Change {}

  /** Pools that were made for somebody that {@code *} stands for. */
  record ChangeAutoPools() implements Change {}

  /** Who may come in: users, secrets, rules, who is asked for them. */
  record ChangeAccess() implements Change {}

  /** What each connection of a client goes through: TLS, limits of time, what is logged. */
  record ChangeDoor() implements Change {}

  /** How many clients there may be. */
  record ChangeClientLimits() implements Change {}

  /** Limits that pools share, and the secrets that they log in with by auth_file. */
  record ChangeLimits() implements Change {}
}
