package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Finds references to predicted columns in ORDER BY and GROUP BY: an entry that is nothing but an
 * output column's name or number means that column (manual, SELECT).
 */
final class OutputReferences {
  private final SqlTokens tokens;
  private final List<PredictColumn> columns;
  private final Set<String> names;

  OutputReferences(SqlTokens tokens, List<PredictColumn> columns, Set<String> names) {
    this.tokens = tokens;
    this.columns = columns;
    this.names = names;
  }

  /** Whether the clause, from its BY on, has one. */
  boolean in(@Nullable TokenRange clause) {
    if (clause == null) {
      return false;
    }
    return tokens.commaSeparated(clause.from() + 1, clause.to()).stream().anyMatch(this::refers);
  }

  private boolean refers(TokenRange entry) {
    int first = entry.from();
    boolean alone = entry.size() == 1 || ordering(first + 1);
    if (!alone) {
      return false;
    }
    if (tokens.is(first, TokenKind.NUMBER)) {
      return refersTo(tokens.slice(first));
    }
    return tokens.name(first) && names.contains(tokens.identifier(first));
  }

  private boolean ordering(int token) {
    return tokens.word(token, "asc")
        || tokens.word(token, "desc")
        || tokens.word(token, "nulls")
        || tokens.word(token, "using");
  }

  /** Behind an item that expands to all columns the numbers are not known: any could be meant. */
  private boolean refersTo(String number) {
    return columns.stream()
        .anyMatch(column ->
            column.position() < 0 || number.equals(String.valueOf(column.position() + 1)));
  }
}
