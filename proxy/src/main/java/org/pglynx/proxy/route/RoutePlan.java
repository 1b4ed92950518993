package org.pglynx.proxy.route;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.sql.StatementClass;
import org.pglynx.proxy.sql.StatementFacts;

/** What is known of a text: what it does, and whether the database's functions in it only read. */
public final class RoutePlan {
  /** A text that the proxy does not read, or cannot. */
  public static final RoutePlan DOUBTFUL = new RoutePlan(StatementFacts.UNREADABLE, null);

  private static final RoutePlan[] DIRECTED = directed();

  private record Verdict(FunctionCatalog catalog, boolean trusted) {}

  private final StatementFacts facts;
  private final @Nullable ServerRole direction;
  private final Set<String> relations;
  // Racy on purpose: at worst two threads find out the same.
  private volatile Verdict verdict = new Verdict(FunctionCatalog.UNKNOWN, false);

  private RoutePlan(StatementFacts facts, @Nullable ServerRole direction) {
    this(facts, direction, Set.of());
  }

  private RoutePlan(StatementFacts facts, @Nullable ServerRole direction, Set<String> relations) {
    this.facts = facts;
    this.direction = direction;
    this.relations = Set.copyOf(relations);
    this.verdict = new Verdict(FunctionCatalog.UNKNOWN, FunctionCatalog.UNKNOWN.trusts(facts));
  }

  /** The plan of a text with these facts. */
  static RoutePlan of(StatementFacts facts) {
    return new RoutePlan(facts, null);
  }

  /** The plan of a text with these facts, and of the relations that it names. */
  static RoutePlan of(StatementFacts facts, Set<String> relations) {
    return new RoutePlan(facts, null, relations);
  }

  private static RoutePlan[] directed() {
    ServerRole[] roles = ServerRole.values();
    RoutePlan[] plans = new RoutePlan[roles.length];
    for (ServerRole role : roles) {
      plans[role.ordinal()] = new RoutePlan(StatementFacts.UNREADABLE, role);
    }
    return plans;
  }

  /** The plan of a text whose comment says where it goes. */
  static RoutePlan directed(ServerRole role) {
    return DIRECTED[role.ordinal()];
  }

  /** Where a comment sends the statement; null if none does. */
  public @Nullable ServerRole direction() {
    return direction;
  }

  /** The relations that it names, where that is of interest. */
  Set<String> relations() {
    return relations;
  }

  /** What the text does, functions aside. */
  public StatementClass kind() {
    return facts.kind();
  }

  /**
   * Whether a standby may run it.
   *
   * @param readOnlyDefault whether the session's transactions read only unless they say otherwise
   */
  public boolean reads(FunctionCatalog catalog, boolean readOnlyDefault) {
    return switch (facts.kind()) {
      case READ -> trusted(catalog);
      case EMPTY, BEGIN_READ_ONLY -> true;
      case BEGIN -> readOnlyDefault;
      case BEGIN_WRITE, DEFINE, WRITE, TRANSACTION, SESSION, SERVER, SEVERAL, UNREADABLE -> false;
    };
  }

  private boolean trusted(FunctionCatalog catalog) {
    Verdict known = verdict;
    if (known.catalog() != catalog) {
      known = new Verdict(catalog, catalog.trusts(facts));
      verdict = known;
    }
    return known.trusted();
  }
}
