package org.pglynx.proxy.sql;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds the relations that a text names: the last parts of names that stand where the grammar has a
 * relation. Where it might have something else there, the name counts as one all the same: who
 * guards relations would rather refuse too much. What functions, views and DO blocks hide is not
 * seen.
 *
 * <pre>
 *   FROM JOIN INTO UPDATE TABLE … ──► EXPECTED ── name ──► (its last part is found) ── comma, in a
 *                                        ▲                                            list ──┐
 *                                        └───────────────────────────────────────────────────┘
 * </pre>
 */
public final class RelationNames {
  /** What a relation follows. */
  private static final Set<String> LEADS =
      Set.of(
          "from",
          "join",
          "into",
          "update",
          "table",
          "copy",
          "truncate",
          "lock",
          "analyze",
          "analyse",
          "vacuum",
          "cluster",
          "references",
          "using",
          "view",
          "inherits");

  /** What may stand between; some are names, too. */
  private static final Set<String> BETWEEN =
      Set.of("only", "lateral", "table", "if", "not", "exists", "verbose", "full", "freeze");

  /** What ends a list of relations. */
  private static final Set<String> ENDS =
      Set.of(
          "select",
          "values",
          "with",
          "where",
          "group",
          "order",
          "having",
          "limit",
          "offset",
          "fetch",
          "for",
          "set",
          "returning",
          "window",
          "union",
          "intersect",
          "except",
          "to");

  /** Statements in which ON and LIKE are followed by a relation. */
  private static final Set<String> ON_RELATION =
      Set.of("create", "grant", "revoke", "drop", "alter", "comment");

  private static final byte NOTHING = 0;
  private static final byte LIST = 1;

  /** In the brackets of a call FROM is a word of some functions (EXTRACT). */
  private static final byte CALL = 2;

  private final SqlLexer lexer = new SqlLexer("");
  private final String text;
  private final Set<String> found = new HashSet<>();
  private byte[] clauses = new byte[8];
  private int depth;
  private boolean expected;
  private boolean chain;
  private boolean dotted;
  private String first = "";
  private String last = "";
  private String beforeLast = "";
  private boolean afterName;

  private RelationNames(String text) {
    this.text = text;
  }

  /**
   * The relations that the text names.
   *
   * @param plainBackslashes whether standard_conforming_strings is off
   */
  public static Set<String> of(String text, boolean plainBackslashes) {
    RelationNames names = new RelationNames(text);
    names.lexer.reset(text, plainBackslashes);
    while (names.lexer.next()) {
      names.token(names.lexer.kind());
    }
    names.endChain();
    return names.found;
  }

  private void token(TokenKind kind) {
    boolean name = kind == TokenKind.WORD || kind == TokenKind.QUOTED_IDENTIFIER;
    if (chain && kind != TokenKind.DOT && !(name && dotted)) {
      endChain();
    }
    switch (kind) {
      case WORD, QUOTED_IDENTIFIER -> name(kind == TokenKind.WORD);
      case DOT -> dotted = chain;
      case LEFT_PAREN -> open();
      case RIGHT_PAREN -> close();
      case COMMA -> expected = clauses[depth] == LIST;
      case SEMICOLON -> begin();
      case DOLLAR_STRING, STRING -> string();
      case LEFT_BRACKET,
          RIGHT_BRACKET,
          BIT_STRING,
          NUMBER,
          PARAMETER,
          OPERATOR,
          CAST,
          ARROW,
          COLON,
          BROKEN,
          END ->
          expected = false;
    }
    afterName = name;
  }

  private void begin() {
    first = "";
    expected = false;
    depth = 0;
    clauses[0] = NOTHING;
  }

  private void endChain() {
    if (chain) {
      found.add(last);
    }
    chain = false;
    dotted = false;
  }

  private void name(boolean word) {
    String identifier = Literals.identifier(text.substring(lexer.start(), lexer.end()));
    if (first.isEmpty()) {
      first = identifier;
    }
    if (chain && dotted) {
      dotted = false;
    } else if (expected && word && (ENDS.contains(identifier) || leads(identifier))) {
      found.add(identifier);
      keyword(identifier);
    } else if (expected) {
      expected = word && BETWEEN.contains(identifier);
      chain = true;
    } else if (word) {
      keyword(identifier);
    }
    beforeLast = last;
    last = identifier;
  }

  private void keyword(String word) {
    expected = false;
    if (ENDS.contains(word) || word.equals("delete")) {
      clauses[depth] = NOTHING;
    } else if (leads(word)) {
      clauses[depth] = LIST;
      expected = true;
    }
  }

  private boolean leads(String word) {
    if (word.equals("from")) {
      return clauses[depth] != CALL && !comparesDistinct();
    }
    return LEADS.contains(word)
        || (word.equals("on") || word.equals("like")) && ON_RELATION.contains(first);
  }

  /** IS DISTINCT FROM, IS NOT DISTINCT FROM. */
  private boolean comparesDistinct() {
    return last.equals("distinct") && (beforeLast.equals("is") || beforeLast.equals("not"));
  }

  private void open() {
    byte inner = expected ? LIST : afterName ? CALL : NOTHING;
    // JOIN … USING (columns)
    boolean columns = expected && last.equals("using");
    depth++;
    if (depth == clauses.length) {
      clauses = Arrays.copyOf(clauses, depth * 2);
    }
    clauses[depth] = columns ? NOTHING : inner;
    expected &= !columns;
  }

  private void close() {
    depth = Math.max(depth - 1, 0);
    expected = false;
  }

  /** The code of a DO block is not read, but may name whatever its words are. */
  private void string() {
    expected = false;
    if (first.equals("do")) {
      String code = Literals.string(text.substring(lexer.start(), lexer.end()));
      SqlLexer words = new SqlLexer(code);
      while (words.next()) {
        if (words.kind() == TokenKind.WORD || words.kind() == TokenKind.QUOTED_IDENTIFIER) {
          found.add(Literals.identifier(code.substring(words.start(), words.end())));
        }
      }
    }
  }
}
