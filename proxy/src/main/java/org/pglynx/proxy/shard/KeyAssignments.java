package org.pglynx.proxy.shard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads what SET assigns, of an UPDATE that changes the sharding key. */
final class KeyAssignments {
  private final SqlTokens tokens;
  private final ShardedTable table;
  private final Map<String, String> terms = new HashMap<>();
  private final Map<String, String> computed = new HashMap<>();
  private final @Nullable KeyTerm[] key;
  private String obstacle = "";

  KeyAssignments(SqlTokens tokens, ShardedTable table) {
    this.tokens = tokens;
    this.table = table;
    this.key = new KeyTerm[table.columns().size()];
  }

  /** Columns that become a literal or a parameter. */
  Map<String, String> terms() {
    return terms;
  }

  /** Columns that become something else. */
  Map<String, String> computed() {
    return computed;
  }

  /** What the columns of the key become; null where the text does not say it. */
  List<@Nullable KeyTerm> key() {
    return Arrays.asList(key);
  }

  /** Why rows cannot be moved so; empty if they can. */
  String obstacle() {
    return obstacle;
  }

  /** Reads what is between SET and the next clause. */
  void read(TokenRange range) {
    for (TokenRange each : tokens.commaSeparated(range.from(), range.to())) {
      int at = each.from();
      if (!tokens.name(at) || !tokens.operator(at + 1, "=")) {
        obstacle = "SET has something else than single columns";
        return;
      }
      assign(tokens.identifier(at), new TokenRange(at + 2, each.to()));
    }
  }

  private void assign(String column, TokenRange value) {
    String text = tokens.slice(value.from(), value.to());
    if (tokens.word(value.from(), "default")) {
      obstacle = "SET has a DEFAULT";
    }
    int place = table.columns().indexOf(column);
    KeyTerm term = place < 0 ? null : new TermReader(tokens).term(value, table.types().get(place));
    if (place >= 0) {
      key[place] = term;
    }
    if (term != null || place < 0 && plain(value)) {
      terms.put(column, text);
    } else {
      computed.put(column, text);
    }
  }

  /** A literal or a parameter, which takes the type of the column. */
  private boolean plain(TokenRange value) {
    int last = value.to() - 1;
    boolean signed = value.size() == 2 && tokens.operator(value.from(), "-");
    return switch (tokens.kind(last)) {
      case NUMBER -> signed || value.size() == 1;
      case STRING, DOLLAR_STRING, PARAMETER -> value.size() == 1;
      case WORD ->
          value.size() == 1
              && (tokens.word(last, "null")
                  || tokens.word(last, "true")
                  || tokens.word(last, "false"));
      default -> false;
    };
  }

  /** Whether a column of the key is among them. */
  static boolean change(SqlTokens tokens, TokenRange range, ShardedTable table) {
    for (TokenRange each : tokens.commaSeparated(range.from(), range.to())) {
      int first = each.from();
      boolean several = tokens.is(first, TokenKind.LEFT_PAREN);
      int last = several ? tokens.partner(first) : first + 1;
      for (int i = first; i < last; i++) {
        if (tokens.name(i) && table.columns().contains(tokens.identifier(i))) {
          return true;
        }
      }
    }
    return false;
  }
}
