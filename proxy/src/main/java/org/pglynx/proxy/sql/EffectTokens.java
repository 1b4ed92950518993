package org.pglynx.proxy.sql;

/**
 * The tokens of a text, statement by statement. What matters wherever it stands is noted as it is
 * passed: temporary tables, advisory locks, sequences, set_config.
 */
final class EffectTokens {
  private static final String NO_TEXT = "";

  private final FoundEffects found;
  private final SqlLexer lexer = new SqlLexer(NO_TEXT);
  private final ConfigCall config = new ConfigCall();
  private CharSequence text = NO_TEXT;
  private int statements;
  private boolean advances;

  // Of the statement in hand.
  private int depth;
  private int atomic;
  private boolean inserts;
  private boolean creates;
  private boolean sets;
  private boolean ended;
  private boolean afterInto;
  private boolean afterBegin;
  private boolean afterSequence;

  EffectTokens(FoundEffects found) {
    this.found = found;
  }

  // ---- where it is ---------------------------------------------------------------------------

  void begin(CharSequence newText, boolean plainBackslashes) {
    text = newText;
    lexer.reset(newText, plainBackslashes);
    statements = 0;
    advances = false;
  }

  /** All statements have been read. */
  void textEnds() {
    if (statements > 1) {
      found.mark(SessionEffects.SEVERAL);
    }
    if (advances) {
      found.unmark(SessionEffects.SEQUENCE);
    }
  }

  /** Moves to the first token of the next statement; false if it is empty, or there is none. */
  boolean beginStatement() {
    depth = 0;
    atomic = 0;
    inserts = false;
    creates = false;
    sets = false;
    ended = false;
    afterInto = false;
    afterBegin = false;
    afterSequence = false;
    config.reset();
    if (!next()) {
      return false;
    }
    statements++;
    return true;
  }

  /** The statement has been read. */
  void statementEnds() {
    if (atomic > 0) {
      found.mark(SessionEffects.UNCLEAR);
    }
  }

  /** Whether all tokens of the statement have been passed. */
  boolean ended() {
    return ended;
  }

  /** In how many parentheses and brackets the token in hand is. */
  int depth() {
    return depth;
  }

  /** Moves to the next token of the statement; false at its end. */
  boolean next() {
    if (ended || !lexer.next()) {
      ended = true;
      return false;
    }
    if (afterSequence && lexer.kind() == TokenKind.LEFT_PAREN && !creates) {
      add(SessionEffects.SEQUENCE);
    }
    afterSequence = false;
    switch (lexer.kind()) {
      case SEMICOLON -> ended = depth == 0 && atomic == 0;
      case LEFT_PAREN, LEFT_BRACKET -> depth++;
      case RIGHT_PAREN, RIGHT_BRACKET -> depth = Math.max(depth - 1, 0);
      case BROKEN -> found.mark(SessionEffects.UNCLEAR);
      case WORD, QUOTED_IDENTIFIER -> {
        atomicBody();
        anywhere();
      }
      case STRING, BIT_STRING, DOLLAR_STRING, NUMBER, PARAMETER, OPERATOR -> {}
      case CAST, ARROW, COMMA, DOT, COLON, END -> {}
    }
    if (config.open()) {
      config.token(this, lexer, depth);
    }
    return !ended;
  }

  /** BEGIN ATOMIC … END holds semicolons of its own; a CASE inside has an END of its own. */
  private void atomicBody() {
    if (atomic == 0) {
      if (creates && afterBegin && is("atomic")) {
        atomic = 1;
      }
      afterBegin = is("begin");
    } else if (is("case")) {
      atomic++;
    } else if (is("end")) {
      atomic--;
    }
  }

  /** What matters wherever it stands. */
  private void anywhere() {
    if (startsWith("pg_")) {
      if (startsWith("pg_temp")) {
        add(SessionEffects.TEMPORARY);
      } else if ((startsWith("pg_advisory_") || startsWith("pg_try_advisory_"))
          && !contains("_xact_")) {
        add(startsWith("pg_advisory_un") ? SessionEffects.UNLOCK : SessionEffects.ADVISORY);
      }
    } else if (is("set_config")) {
      config.begin(this, depth);
    } else if (afterInto && !inserts && (is("temp") || is("temporary"))) {
      add(SessionEffects.TEMPORARY);
    }
    afterSequence = is("currval") || is("lastval");
    advances |= is("nextval");
    if (sets && is("default")) {
      found.mark(SessionEffects.RESETS);
    }
    afterInto = is("into");
  }

  // ---- the statement -------------------------------------------------------------------------

  /** It is an INSERT or MERGE: the word behind INTO is a table's name. */
  void inserts(boolean does) {
    inserts = does;
  }

  /** It is a CREATE: it may have a body, and what that calls is not called now. */
  void creates() {
    creates = true;
  }

  /** It is a SET: DEFAULT resets. */
  void sets() {
    sets = true;
  }

  // ---- what is found -------------------------------------------------------------------------

  void add(int effect) {
    add(effect, -1, -1);
  }

  /** An effect whose name stands at the place. */
  void add(int effect, int from, int to) {
    found.add(effect, statements - 1, from, to);
  }

  /** Adds the effect under the name in hand. */
  void addNamed(int effect) {
    if (isName()) {
      add(effect, lexer.start(), lexer.end());
    } else {
      add(effect);
    }
  }

  /** The parameter whose name stands at the place is set. */
  void addSetting(int start, int end) {
    if (EffectName.isRole(text, start, end)) {
      add(SessionEffects.ROLE);
    } else {
      add(SessionEffects.SETTING, start, end);
    }
  }

  /** A set_config that outlives its transaction, of a name that stands at the place. */
  void configured(int nameStart, int nameEnd) {
    if (nameStart < 0) {
      add(SessionEffects.COMPUTED_NAME | SessionEffects.SETTING);
    } else {
      addSetting(nameStart, nameEnd);
    }
  }

  /** What is true of the text, but is no single effect. */
  void mark(int more) {
    found.mark(more);
  }

  // ---- the token in hand ---------------------------------------------------------------------

  TokenKind kind() {
    return lexer.kind();
  }

  int start() {
    return lexer.start();
  }

  int end() {
    return lexer.end();
  }

  /** Its first character. */
  char first() {
    return text.charAt(lexer.start());
  }

  /** Whether a dot follows it at once. */
  boolean dotBehind() {
    return lexer.end() < text.length() && text.charAt(lexer.end()) == '.';
  }

  private boolean isName() {
    return !ended
        && (lexer.kind() == TokenKind.WORD || lexer.kind() == TokenKind.QUOTED_IDENTIFIER);
  }

  /** Whether the token is the word, given in lower case; a quoted one keeps its case. */
  boolean is(String lower) {
    return isName() && EffectName.same(text, lexer.start(), lexer.end(), lower);
  }

  private boolean startsWith(String lower) {
    return EffectName.startsWith(text, lexer.start(), lexer.end(), lower);
  }

  private boolean contains(String lower) {
    for (int i = lexer.start(); i + lower.length() <= lexer.end(); i++) {
      if (EffectName.startsWith(text, i, lexer.end(), lower)) {
        return true;
      }
    }
    return false;
  }
}
