package org.pglynx.proxy.route;

/**
 * How a pool with replicas routes.
 *
 * @param role what a session begins with
 * @param primaryReads whether the primary serves reads, too
 * @param maxLength longer texts are not looked at, and go to the primary
 */
public record RoutingPolicy(RoleSetting role, boolean primaryReads, int maxLength) {}
