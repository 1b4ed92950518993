package org.pglynx.proxy.sql;

import java.util.ArrayList;
import java.util.List;

/** Finds where the statements of a text begin and end. */
public final class Statements {
  private Statements() {}

  /**
   * The statements of the text, without their semicolons; empty ones are left out. Semicolons in
   * brackets (CREATE RULE) and in BEGIN ATOMIC … END bodies separate nothing.
   */
  public static List<TokenRange> split(SqlTokens tokens) {
    List<TokenRange> statements = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < tokens.size(); i = tokens.skip(i)) {
      if (tokens.word(i, "begin") && tokens.word(i + 1, "atomic")) {
        i = atomicEnd(tokens, i + 2);
      } else if (tokens.is(i, TokenKind.SEMICOLON)) {
        add(statements, begin, i);
        begin = i + 1;
      }
    }
    add(statements, begin, tokens.size());
    return statements;
  }

  private static void add(List<TokenRange> statements, int from, int to) {
    if (from < to) {
      statements.add(new TokenRange(from, to));
    }
  }

  /** The END of the body; a CASE inside has one of its own. */
  private static int atomicEnd(SqlTokens tokens, int from) {
    int depth = 1;
    for (int i = from; i < tokens.size(); i = tokens.skip(i)) {
      if (tokens.word(i, "case")) {
        depth++;
      } else if (tokens.word(i, "end") && --depth == 0) {
        return i;
      }
    }
    return tokens.size() - 1;
  }
}
