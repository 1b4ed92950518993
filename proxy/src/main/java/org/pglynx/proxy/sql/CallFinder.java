package org.pglynx.proxy.sql;

import java.util.Set;

/**
 * Finds the functions that a query calls, and all other names in it. A name with a bracket behind
 * it is a call, unless it is a type, a common table or an alias with a list of columns; where that
 * cannot be told, it is taken for a call.
 */
final class CallFinder {
  private final SqlTokens tokens;
  private final Set<String> calls;
  private final Set<String> names;

  /** One that adds what it finds to the sets. */
  CallFinder(SqlTokens tokens, Set<String> calls, Set<String> names) {
    this.tokens = tokens;
    this.calls = calls;
    this.names = names;
  }

  void read(TokenRange range) {
    for (int i = range.from(); i < range.to(); i++) {
      switch (tokens.kind(i)) {
        case WORD -> word(i);
        case QUOTED_IDENTIFIER -> name(i, tokens.identifier(i));
        case OPERATOR -> names.add(tokens.slice(i));
        case STRING, BIT_STRING, DOLLAR_STRING, NUMBER, PARAMETER, CAST, ARROW, COMMA -> {}
        case LEFT_PAREN, RIGHT_PAREN, LEFT_BRACKET, RIGHT_BRACKET, SEMICOLON, DOT, COLON -> {}
        case BROKEN, END -> {}
      }
    }
  }

  private void word(int i) {
    String word = tokens.identifier(i);
    boolean qualified = tokens.is(i - 1, TokenKind.DOT);
    if (qualified || !KeyWords.callsNothing(word)) {
      if (!qualified && KeyWords.seldomCalled(word)) {
        names.add(word);
      } else {
        name(i, word);
      }
    }
  }

  private void name(int i, String name) {
    if (tokens.is(i + 1, TokenKind.LEFT_PAREN) && mayCall(first(i))) {
      calls.add(name);
    } else {
      names.add(name);
    }
  }

  /** The first token of a qualified name that ends here. */
  private int first(int last) {
    int at = last;
    while (tokens.is(at - 1, TokenKind.DOT) && tokens.name(at - 2)) {
      at -= 2;
    }
    return at;
  }

  /** By what stands before the name. */
  private boolean mayCall(int name) {
    int before = name - 1;
    return switch (tokens.kind(before)) {
      case WORD -> wordBefore(before, name);
      // FROM "t" g (a, b)
      case QUOTED_IDENTIFIER -> false;
      // x::varchar(3)
      case CAST -> false;
      case RIGHT_PAREN -> closes(tokens.partner(before));
      case COMMA -> !commonTable(name);
      case STRING, BIT_STRING, DOLLAR_STRING, NUMBER, PARAMETER, OPERATOR, ARROW -> true;
      case LEFT_PAREN, LEFT_BRACKET, RIGHT_BRACKET, SEMICOLON, DOT, COLON, BROKEN, END -> true;
    };
  }

  private boolean wordBefore(int before, int name) {
    String word = tokens.identifier(before);
    if (tokens.is(before - 1, TokenKind.DOT)) {
      // FROM s.t g (a, b)
      return false;
    }
    return switch (word) {
      // AS g (a, b), CAST (x AS varchar(3))
      case "as" -> false;
      case "with", "recursive" -> !commonTable(name);
      default -> KeyWords.contains(word);
    };
  }

  /** Behind a bracket an alias follows; a call does behind DISTINCT ON (…) and OPERATOR (…). */
  private boolean closes(int open) {
    return tokens.word(open - 1, "on") || tokens.word(open - 1, "operator");
  }

  /** WITH t (a, b) AS (…): what follows AS is no list of columns, but a query. */
  private boolean commonTable(int name) {
    int at = tokens.skip(name + 1);
    if (!tokens.word(at, "as")) {
      return false;
    }
    at++;
    at = tokens.word(at, "not") ? at + 1 : at;
    at = tokens.word(at, "materialized") ? at + 1 : at;
    while (tokens.is(at, TokenKind.LEFT_PAREN)) {
      at++;
    }
    return tokens.word(at, "select")
        || tokens.word(at, "values")
        || tokens.word(at, "with")
        || tokens.word(at, "table")
        || tokens.word(at, "insert")
        || tokens.word(at, "update")
        || tokens.word(at, "delete")
        || tokens.word(at, "merge");
  }
}
