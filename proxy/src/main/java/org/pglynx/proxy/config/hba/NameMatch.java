package org.pglynx.proxy.config.hba;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
  record Like(Pattern expression) implements NameMatch {
    /** Patterns are equal to themselves alone, but what they were made of can be compared. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Like like
          && expression.pattern().equals(like.expression.pattern())
          && expression.flags() == like.expression.flags();
    }

    @Override
    public int hashCode() {
      return expression.pattern().hashCode();
    }
  }
}
