package org.pglynx.proxy.config.hba;

import java.util.regex.Pattern;

/** One value of the DATABASE or USER field of a rule. */
public sealed interface NameMatch {
  /** {@code all}: any name, but as a database not {@code replication}. */
  record All() implements NameMatch {}

  /** {@code sameuser}: the database is called like the user. */
  record SameUser() implements NameMatch {}

  /** {@code replication}: physical replication, which names no database. */
  record Replication() implements NameMatch {}

  /**
   * This name.
   *
   * @param name as it is
   */
  record Exactly(String name) implements NameMatch {}

  /**
   * {@code /regex}: a name in which the expression is found.
   *
   * @param expression without the slash
   */
  record Like(Pattern expression) implements NameMatch {}
}
