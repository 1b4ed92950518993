package org.pglynx.proxy.config;

/**
 * How a pool with several servers tells reads from writes.
 *
 * @param splitting whether each statement goes where it may run; else all go by the default role
 * @param primaryReads whether the primary answers reads as the replicas do, and not only when none
 *     of these can
 * @param maxLength bytes of a text up to which it is looked at; longer ones go to the primary
 */
public record RoutingConfig(boolean splitting, boolean primaryReads, int maxLength) {
  /** Nothing is looked at. */
  public static final RoutingConfig NONE = new RoutingConfig(false, false, Integer.MAX_VALUE);
}
