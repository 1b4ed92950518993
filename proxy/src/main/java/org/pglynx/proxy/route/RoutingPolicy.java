package org.pglynx.proxy.route;

import org.jspecify.annotations.Nullable;

/**
 * How a pool with replicas routes.
 *
 * @param role what a session begins with
 * @param primaryReads whether the primary serves reads, too
 * @param maxLength longer texts are not looked at, and go to the primary
 * @param activity how what is written decides about what is read; null if it does not
 */
public record RoutingPolicy(
    RoleSetting role, boolean primaryReads, int maxLength, @Nullable ActivityPolicy activity) {
  /** Each statement for itself. */
  public RoutingPolicy(RoleSetting role, boolean primaryReads, int maxLength) {
    this(role, primaryReads, maxLength, null);
  }
}
