package org.pglynx.proxy.sql;

/**
 * Reads the statements of a text for their {@link SessionEffects}, as the first word of each says;
 * {@link EffectTokens} finds what matters wherever it stands.
 */
final class EffectReader {
  private final FoundEffects found;
  private final EffectTokens tokens;
  private final SettingEffects settings;

  /**
   * A reader.
   *
   * @param found where it notes what it finds
   */
  EffectReader(FoundEffects found) {
    this.found = found;
    this.tokens = new EffectTokens(found);
    this.settings = new SettingEffects(tokens);
  }

  /** Finds the effects of the text, and nothing else. */
  void read(CharSequence text, boolean plainBackslashes) {
    found.clear();
    tokens.begin(text, plainBackslashes);
    boolean more = true;
    while (more) {
      more = statement();
    }
    tokens.textEnds();
  }

  /** Reads one statement with the semicolon behind it; false at the end of the text. */
  private boolean statement() {
    if (!tokens.beginStatement()) {
      return tokens.kind() == TokenKind.SEMICOLON;
    }
    leading();
    while (!tokens.ended()) {
      tokens.next();
    }
    tokens.statementEnds();
    return tokens.kind() == TokenKind.SEMICOLON;
  }

  private void leading() {
    while (!tokens.ended() && tokens.kind() == TokenKind.LEFT_PAREN) {
      tokens.next();
    }
    if (tokens.ended() || tokens.kind() != TokenKind.WORD) {
      return;
    }
    switch (Character.toLowerCase(tokens.first())) {
      case 'b' -> {
        if (tokens.is("begin")) {
          tokens.add(SessionEffects.BEGIN);
        }
      }
      case 'c' -> onC();
      case 'd' -> onD();
      case 'e' -> onE();
      case 'i', 'm' -> tokens.inserts(tokens.is("insert") || tokens.is("merge"));
      case 'l' -> onL();
      case 'n' -> named("notify", SessionEffects.NOTIFY);
      case 'p' -> prepare();
      case 'r' -> settings.reset();
      case 's' -> onS();
      case 'u' -> named("unlisten", SessionEffects.UNLISTEN);
      default -> {
        // Has no effect of its own.
      }
    }
  }

  private void named(String word, int effect) {
    if (tokens.is(word)) {
      tokens.next();
      tokens.addNamed(effect);
    }
  }

  private void onC() {
    if (tokens.is("close")) {
      tokens.next();
      tokens.addNamed(SessionEffects.CLOSE);
    } else if (tokens.is("create")) {
      create();
    }
  }

  private void create() {
    tokens.creates();
    tokens.next();
    while (!tokens.ended()
        && (tokens.is("or") || tokens.is("replace") || tokens.is("local") || tokens.is("global"))) {
      tokens.next();
    }
    if (!tokens.ended() && (tokens.is("temp") || tokens.is("temporary"))) {
      tokens.add(SessionEffects.TEMPORARY);
    }
    boolean afterAs = false;
    while (!tokens.ended()) {
      if (afterAs && tokens.is("execute")) {
        execute();
        return;
      }
      afterAs = tokens.is("as");
      tokens.next();
    }
  }

  private void onD() {
    if (tokens.is("do")) {
      tokens.add(SessionEffects.BLOCK);
    } else if (tokens.is("drop")) {
      tokens.add(SessionEffects.DROP);
    } else if (tokens.is("discard")) {
      tokens.next();
      discard();
    } else if (tokens.is("deallocate")) {
      deallocate();
    } else if (tokens.is("declare")) {
      declare();
    }
  }

  private void discard() {
    if (!tokens.ended() && tokens.is("all")) {
      tokens.mark(SessionEffects.RESETS);
      tokens.add(SessionEffects.DISCARD_ALL);
    } else {
      tokens.add(SessionEffects.DROP);
    }
  }

  private void deallocate() {
    tokens.next();
    if (!tokens.ended() && tokens.is("prepare")) {
      tokens.next();
    }
    if (!tokens.ended() && tokens.is("all")) {
      tokens.add(SessionEffects.DEALLOCATE_ALL);
    } else if (!tokens.ended()) {
      tokens.addNamed(SessionEffects.DEALLOCATE);
    }
  }

  /** The options of DECLARE end at FOR; HOLD in the query itself is a name. */
  private void declare() {
    boolean afterWith = false;
    while (!tokens.ended() && !tokens.is("for")) {
      if (afterWith && tokens.is("hold")) {
        tokens.add(SessionEffects.HOLD);
        return;
      }
      afterWith = tokens.is("with");
      tokens.next();
    }
  }

  private void onE() {
    if (tokens.is("execute")) {
      execute();
    } else if (tokens.is("explain")) {
      tokens.next();
      while (!tokens.ended()
          && (tokens.depth() > 0 || tokens.kind() != TokenKind.WORD || explainOption())) {
        tokens.next();
      }
      leading();
    }
  }

  private boolean explainOption() {
    return tokens.is("analyze") || tokens.is("analyse") || tokens.is("verbose");
  }

  private void execute() {
    tokens.next();
    tokens.addNamed(SessionEffects.EXECUTE);
  }

  private void onL() {
    if (tokens.is("load")) {
      tokens.add(SessionEffects.LOAD);
    } else {
      named("listen", SessionEffects.LISTEN);
    }
  }

  private void prepare() {
    if (tokens.is("prepare")) {
      tokens.next();
      if (!tokens.ended() && !tokens.is("transaction")) {
        tokens.addNamed(SessionEffects.PREPARE);
      }
    }
  }

  private void onS() {
    if (tokens.is("start")) {
      tokens.add(SessionEffects.BEGIN);
    } else if (tokens.is("set")) {
      tokens.next();
      settings.set();
    }
  }
}
