package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;

/**
 * What a query wants: so many of the nearest rows.
 *
 * @param vector to which
 * @param limit the index of the parameter that says how many, or {@link #CONSTANT}
 */
record Nearby(KeyTerm vector, int limit) {
  /** The text says how many. */
  static final int CONSTANT = -1;

  /** Whether it needs the values of parameters. */
  boolean bound() {
    return vector.bound() || limit != CONSTANT;
  }

  /** Whether it has a limit in this execution: NULL is none. */
  boolean limited(Arguments arguments) {
    return limit == CONSTANT || limit < arguments.count() && arguments.values()[limit] != null;
  }
}
