package org.pglynx.proxy.sql;

import java.util.Set;

/**
 * What can be told from a text alone about what its statements do.
 *
 * @param kind what they are
 * @param calls names of functions that are called, or may be
 * @param names all other names and operators: of tables, columns, types
 */
public record StatementFacts(StatementClass kind, Set<String> calls, Set<String> names) {
  /** Of a text that cannot be read. */
  public static final StatementFacts UNREADABLE = of(StatementClass.UNREADABLE);

  /** Copies the sets. */
  public StatementFacts {
    calls = Set.copyOf(calls);
    names = Set.copyOf(names);
  }

  /** Of a text that is known for what it is whatever it names. */
  static StatementFacts of(StatementClass kind) {
    return new StatementFacts(kind, Set.of(), Set.of());
  }
}
