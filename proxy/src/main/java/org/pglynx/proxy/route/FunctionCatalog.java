package org.pglynx.proxy.route;

import java.util.Set;
import org.pglynx.proxy.sql.StatementFacts;

/**
 * What a database says of its functions and relations: which functions only read, and which names
 * stand for something that does more, or that a standby has not. By name alone: which function of a
 * name is called depends on the types and on search_path, so one that writes makes all of its name
 * suspect.
 */
public final class FunctionCatalog {
  /** Nothing is known yet: no function is trusted, nor any relation. */
  public static final FunctionCatalog UNKNOWN = new FunctionCatalog(false, Set.of(), Set.of());

  private final boolean known;
  private final Set<String> harmless;
  private final Set<String> suspect;

  private FunctionCatalog(boolean known, Set<String> harmless, Set<String> suspect) {
    this.known = known;
    this.harmless = Set.copyOf(harmless);
    this.suspect = Set.copyOf(suspect);
  }

  /**
   * What is known of a database.
   *
   * @param harmless names of functions of which none does more than read
   * @param suspect names of functions, operators, relations and types that may do more
   */
  public static FunctionCatalog of(Set<String> harmless, Set<String> suspect) {
    return new FunctionCatalog(true, harmless, suspect);
  }

  /** Whether the database has been asked. */
  public boolean known() {
    return known;
  }

  /** How many functions are known to read only. */
  public int harmless() {
    return harmless.size();
  }

  /** How many names stand for something that may do more. */
  public int suspect() {
    return suspect.size();
  }

  /** Whether nothing in the statements does more than read. */
  boolean trusts(StatementFacts facts) {
    if (!known) {
      return facts.calls().isEmpty() && facts.names().isEmpty();
    }
    return harmless.containsAll(facts.calls())
        && disjoint(facts.names())
        && disjoint(facts.calls());
  }

  private boolean disjoint(Set<String> names) {
    for (String name : names) {
      if (suspect.contains(name)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it says the same as the other one. */
  boolean same(FunctionCatalog other) {
    return known == other.known && harmless.equals(other.harmless) && suspect.equals(other.suspect);
  }
}
