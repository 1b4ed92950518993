package org.pglynx.proxy.sql;

/**
 * Follows the arguments of a call of set_config: whether its effect ends with the transaction (the
 * third is the word {@code true}), and whether the name is a literal.
 */
final class ConfigCall {
  private boolean open;
  private int outer;
  private int argument;
  private int tokens;
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
  void begin(EffectScan scan, int depth) {
    if (open) {
      // A call inside of a call: the outer one's name is computed.
      scan.configured(-1, -1);
    }
    open = true;
    outer = depth;
    argument = -1;
    tokens = 0;
    nameStart = -1;
    nameEnd = -1;
    computed = false;
    local = false;
  }

  /** The next token is in hand, the name of the function itself included. */
  void token(EffectScan scan, SqlLexer lexer, int depth) {
    if (argument < 0) {
      beforeArguments(scan, lexer, depth);
    } else if (depth <= outer) {
      open = false;
      if (!local || argument != 2) {
        scan.configured(computed ? -1 : nameStart, nameEnd);
      }
    } else if (lexer.kind() == TokenKind.COMMA && depth == outer + 1) {
      argument++;
      tokens = 0;
    } else {
      tokens++;
      inArgument(scan, lexer);
    }
  }

  private void beforeArguments(EffectScan scan, SqlLexer lexer, int depth) {
    if (lexer.kind() == TokenKind.LEFT_PAREN && depth == outer + 1) {
      argument = 0;
    } else if (!scan.is("set_config")) {
      // A column or something else of this name.
      open = false;
    }
  }

  private void inArgument(EffectScan scan, SqlLexer lexer) {
    if (argument == 0) {
      if (tokens == 1 && lexer.kind() == TokenKind.STRING) {
        nameStart = lexer.start();
        nameEnd = lexer.end();
      } else if (!isCast(lexer)) {
        computed = true;
      }
    } else if (argument == 2) {
      local = tokens == 1 && scan.is("true");
    }
  }

  private boolean isCast(SqlLexer lexer) {
    return nameStart >= 0
        && (tokens == 2 && lexer.kind() == TokenKind.CAST
            || tokens == 3 && lexer.kind() == TokenKind.WORD);
  }
}
