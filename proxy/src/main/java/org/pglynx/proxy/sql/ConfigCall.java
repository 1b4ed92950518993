package org.pglynx.proxy.sql;

/**
 * Follows the arguments of a call of set_config: whether its effect ends with the transaction (the
 * third is the word {@code true}), and whether the name is a literal.
 */
final class ConfigCall {
  private boolean open;
  private int outer;
  private int argument;
  private int seen;
  private int nameStart;
  private int nameEnd;
  private boolean computed;
  private boolean local;

  void reset() {
    open = false;
  }

  boolean open() {
    return open;
  }

  /** The name of the function is in hand. */
  void begin(EffectTokens tokens, int depth) {
    if (open) {
      // A call inside of a call: the outer one's name is computed.
      tokens.configured(-1, -1);
    }
    open = true;
    outer = depth;
    argument = -1;
    seen = 0;
    nameStart = -1;
    nameEnd = -1;
    computed = false;
    local = false;
  }

  /** The next token is in hand, the name of the function itself included. */
  void token(EffectTokens tokens, SqlLexer lexer, int depth) {
    if (argument < 0) {
      beforeArguments(tokens, lexer, depth);
    } else if (depth <= outer) {
      open = false;
      if (!local || argument != 2) {
        tokens.configured(computed ? -1 : nameStart, nameEnd);
      }
    } else if (lexer.kind() == TokenKind.COMMA && depth == outer + 1) {
      argument++;
      seen = 0;
    } else {
      seen++;
      inArgument(tokens, lexer);
    }
  }

  private void beforeArguments(EffectTokens tokens, SqlLexer lexer, int depth) {
    if (lexer.kind() == TokenKind.LEFT_PAREN && depth == outer + 1) {
      argument = 0;
    } else if (!tokens.is("set_config")) {
      // A column or something else of this name.
      open = false;
    }
  }

  private void inArgument(EffectTokens tokens, SqlLexer lexer) {
    if (argument == 0) {
      if (seen == 1 && lexer.kind() == TokenKind.STRING) {
        nameStart = lexer.start();
        nameEnd = lexer.end();
      } else if (!isCast(lexer)) {
        computed = true;
      }
    } else if (argument == 2) {
      local = seen == 1 && tokens.is("true");
    }
  }

  private boolean isCast(SqlLexer lexer) {
    return nameStart >= 0
        && (seen == 2 && lexer.kind() == TokenKind.CAST
            || seen == 3 && lexer.kind() == TokenKind.WORD);
  }
}
