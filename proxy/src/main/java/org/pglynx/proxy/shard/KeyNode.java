package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the value that a key column has in the rows that matter: one of some terms, or
 * the same as that of another column.
 */
final class KeyNode {
  private final List<KeyNode> equals = new ArrayList<>(0);
  private @Nullable List<KeyTerm> terms;

  /** It is one of these; a second condition narrows no further. */
  void among(List<KeyTerm> alternatives) {
    List<KeyTerm> known = terms;
    if (known == null || alternatives.size() < known.size()) {
      terms = List.copyOf(alternatives);
    }
  }

  /** It is the same as the other one, wherever this one's rows matter. */
  void follows(KeyNode other) {
    equals.add(other);
  }

  /** What it is one of, or null if nothing is known. */
  @Nullable List<KeyTerm> terms() {
    return terms(new HashSet<>());
  }

  private @Nullable List<KeyTerm> terms(Set<KeyNode> seen) {
    List<KeyTerm> best = terms;
    seen.add(this);
    for (KeyNode each : equals) {
      List<KeyTerm> others = seen.contains(each) ? null : each.terms(seen);
      if (others != null && (best == null || others.size() < best.size())) {
        best = others;
      }
    }
    return best;
  }

  /** Whether it is known to be the same as the other one. */
  boolean same(KeyNode other) {
    return reaches(other, new HashSet<>());
  }

  private boolean reaches(KeyNode other, Set<KeyNode> seen) {
    if (this == other) {
      return true;
    }
    seen.add(this);
    return equals.stream().anyMatch(each -> !seen.contains(each) && each.reaches(other, seen));
  }
}
