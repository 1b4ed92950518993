package org.pglynx.proxy.config.pgbouncer;

import java.util.Set;
import java.util.function.UnaryOperator;

/** What becomes of a key of PgBouncer. */
sealed interface Key {
  /**
   * It is a key of ours.
   *
   * @param name ours
   * @param value PgBouncer's value as ours
   */
  record Taken(String name, UnaryOperator<String> value) implements Key {}

  /** It is read together with others. */
  record Part() implements Key {}

  /**
   * It steers what is not there, or is there anyhow.
   *
   * @param why it changes nothing
   */
  record Idle(String why) implements Key {}

  /**
   * It asks for what is not there.
   *
   * @param remedy what to do
   * @param off values that ask for nothing
   */
  record Refused(String remedy, Set<String> off) implements Key {}
}
