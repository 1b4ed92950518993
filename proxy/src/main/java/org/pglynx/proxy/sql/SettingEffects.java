package org.pglynx.proxy.sql;

/** What SET and RESET do to their session: of which parameter, and for how long. */
final class SettingEffects {
  private final EffectTokens tokens;

  SettingEffects(EffectTokens tokens) {
    this.tokens = tokens;
  }

  /** The token behind SET is in hand. */
  void set() {
    if (tokens.ended()) {
      return;
    }
    tokens.sets();
    int start = tokens.start();
    int end = tokens.end();
    boolean session = tokens.is("session");
    boolean local = tokens.is("local");
    boolean quiet = tokens.is("transaction") || tokens.is("constraints");
    boolean custom = dotFollows();
    if (custom) {
      tokens.add(SessionEffects.SETTING, start, tokens.end());
    } else if (session) {
      // The word was the scope; what follows it is in hand now.
      scoped();
    } else if (!local && !quiet) {
      tokens.addSetting(start, end);
    }
  }

  private void scoped() {
    int start = tokens.start();
    int end = tokens.end();
    if (tokens.ended()) {
      return;
    }
    if (tokens.is("authorization")) {
      tokens.add(SessionEffects.ROLE);
    } else if (tokens.is("characteristics")) {
      tokens.add(SessionEffects.SETTING);
    } else if (dotFollows()) {
      tokens.add(SessionEffects.SETTING, start, tokens.end());
    } else {
      tokens.addSetting(start, end);
    }
  }

  /** Moves behind the name in hand; if it is a qualified one, onto its last part, and says so. */
  private boolean dotFollows() {
    boolean dots = false;
    tokens.next();
    while (!tokens.ended() && tokens.kind() == TokenKind.DOT) {
      dots = true;
      tokens.next();
      if (tokens.ended() || !tokens.dotBehind()) {
        return true;
      }
      tokens.next();
    }
    return dots;
  }

  /** The first word of the statement is in hand. */
  void reset() {
    if (!tokens.is("reset")) {
      return;
    }
    tokens.next();
    if (tokens.ended()) {
      return;
    }
    int start = tokens.start();
    int end = tokens.end();
    boolean session = tokens.is("session");
    tokens.mark(SessionEffects.RESETS);
    if (tokens.is("all")) {
      tokens.add(SessionEffects.SETTING);
    } else if (dotFollows()) {
      tokens.add(SessionEffects.SETTING, start, tokens.end());
    } else if (session) {
      tokens.add(SessionEffects.ROLE);
    } else {
      tokens.addSetting(start, end);
    }
  }
}
