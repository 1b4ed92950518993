package org.pglynx.proxy.config;

import java.util.Optional;

/**
 * How a pool with several servers tells reads from writes.
 *
 * @param splitting whether each statement goes where it may run; else all go by the default role
 * @param primaryReads whether the primary answers reads as the replicas do, and not only when none
 *     of these can
 * @param maxLength bytes of a text up to which it is looked at; longer ones go to the primary
 * @param sessionSplit whether that is so of each transaction of a session that keeps its server,
 *     too, and not of its first statement alone
 * @param activity how what is written decides about what is read
 */
public record RoutingConfig(
    boolean splitting,
    boolean primaryReads,
    int maxLength,
    boolean sessionSplit,
    Optional<Activity> activity) {
  /** Nothing is looked at. */
  public static final RoutingConfig NONE =
      new RoutingConfig(false, false, Integer.MAX_VALUE, false, Optional.empty());

  /**
   * pgcat's {@code db_activity_based_routing}.
   *
   * @param delayMillis how long the primary serves all when the database comes into use
   * @param idleSeconds a database that is not used for so long has to come into use again
   * @param writeMillis how long the primary serves the reads of a table that was written
   */
  public record Activity(int delayMillis, int idleSeconds, int writeMillis) {}
}
