package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link SessionEffects} of a text. Comments, strings and dollar quotes do not fool it;
 * what a function or a prepared statement does inside is not seen. An instance is used by one
 * thread, for texts of whomever: judging a text allocates nothing.
 *
 * <p>After {@link #of} the single effects can be asked for, with the names they bear: of the
 * parameter, prepared statement or channel.
 */
public final class EffectScan {
  /** Longer texts that may matter are {@link SessionEffects#UNCLEAR}: they would stop the loop. */
  static final int MAX_LENGTH = 64 << 10;

  private static final String NO_TEXT = "";

  private final EffectHint hint = new EffectHint();
  private final ByteText bytes = new ByteText();
  private final SqlLexer lexer = new SqlLexer(NO_TEXT);
  private final ConfigCall config = new ConfigCall();
  private CharSequence text = NO_TEXT;
  private int[] found = new int[4 * 4];
  private int size;
  private int effects;
  private int statements;
  private int texts;

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
  private boolean advances;

  /**
   * The effects of the bytes; names can be asked for until the next call.
   *
   * @param plainBackslashes whether standard_conforming_strings is off
   */
  public int of(ByteBuf buffer, int offset, int length, boolean plainBackslashes) {
    size = 0;
    texts++;
    if (!hint.found(buffer, offset, length)) {
      return SessionEffects.NONE;
    }
    if (length > MAX_LENGTH) {
      return SessionEffects.UNCLEAR;
    }
    bytes.set(hint.bytes(buffer, offset, length), length);
    return scan(bytes, plainBackslashes);
  }

  /** The effects of a text. */
  public int of(CharSequence newText, boolean plainBackslashes) {
    texts++;
    return scan(newText, plainBackslashes);
  }

  /** How many texts it has judged: the names are those of the last one. */
  public int texts() {
    return texts;
  }

  private int scan(CharSequence newText, boolean plainBackslashes) {
    text = newText;
    lexer.reset(newText, plainBackslashes);
    size = 0;
    effects = SessionEffects.NONE;
    statements = 0;
    advances = false;
    boolean more = true;
    while (more) {
      more = statement();
    }
    if (statements > 1) {
      effects |= SessionEffects.SEVERAL;
    }
    if (advances) {
      effects &= ~SessionEffects.SEQUENCE;
    }
    return effects;
  }

  /** How many single effects the last text had. */
  public int count() {
    return size;
  }

  /** Which the single effect is. */
  public int effect(int index) {
    return found[4 * index];
  }

  /** The number of the statement, counted from 0, that has the single effect. */
  public int statement(int index) {
    return found[4 * index + 1];
  }

  /** Where the name of the single effect starts in the text; -1 if it bears none. */
  public int nameStart(int index) {
    return found[4 * index + 2];
  }

  /** Where the name of the single effect ends. */
  public int nameEnd(int index) {
    return found[4 * index + 3];
  }

  /** The name that the single effect bears, as Postgres understands it; null if there is none. */
  public @Nullable String name(int index) {
    int from = nameStart(index);
    return from < 0 ? null : EffectName.read(text.subSequence(from, nameEnd(index)).toString());
  }

  /** The name that a piece of a text stands for. */
  public static String read(String written) {
    return EffectName.read(written);
  }

  private void add(int effect, int from, int to) {
    effects |= effect;
    if (4 * size == found.length) {
      found = Arrays.copyOf(found, found.length * 2);
    }
    found[4 * size] = effect;
    found[4 * size + 1] = statements - 1;
    found[4 * size + 2] = from;
    found[4 * size + 3] = to;
    size++;
  }

  private void add(int effect) {
    add(effect, -1, -1);
  }

  /** Adds the effect under the name that the lexer stands on. */
  private void addNamed(int effect) {
    if (isName()) {
      add(effect, lexer.start(), lexer.end());
    } else {
      add(effect);
    }
  }

  // ---- statements ------------------------------------------------------------------------------

  /** Reads one statement with the semicolon behind it; false at the end of the text. */
  private boolean statement() {
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
      return lexer.kind() == TokenKind.SEMICOLON;
    }
    statements++;
    leading();
    while (!ended) {
      next();
    }
    if (atomic > 0) {
      effects |= SessionEffects.UNCLEAR;
    }
    return lexer.kind() == TokenKind.SEMICOLON;
  }

  /** Moves to the next token of the statement; false at its end. */
  private boolean next() {
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
      case BROKEN -> effects |= SessionEffects.UNCLEAR;
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
      effects |= SessionEffects.RESETS;
    }
    afterInto = is("into");
  }

  private void leading() {
    while (!ended && lexer.kind() == TokenKind.LEFT_PAREN) {
      next();
    }
    if (ended || lexer.kind() != TokenKind.WORD) {
      return;
    }
    switch (Character.toLowerCase(text.charAt(lexer.start()))) {
      case 'b' -> {
        if (is("begin")) {
          add(SessionEffects.BEGIN);
        }
      }
      case 'c' -> onC();
      case 'd' -> onD();
      case 'e' -> onE();
      case 'i', 'm' -> inserts = is("insert") || is("merge");
      case 'l' -> onL();
      case 'n' -> named("notify", SessionEffects.NOTIFY);
      case 'p' -> prepare();
      case 'r' -> reset();
      case 's' -> onS();
      case 'u' -> named("unlisten", SessionEffects.UNLISTEN);
      default -> {
        // Has no effect of its own.
      }
    }
  }

  private void named(String word, int effect) {
    if (is(word)) {
      next();
      addNamed(effect);
    }
  }

  private void onC() {
    if (is("close")) {
      next();
      addNamed(SessionEffects.CLOSE);
    } else if (is("create")) {
      create();
    }
  }

  private void create() {
    creates = true;
    next();
    while (!ended && (is("or") || is("replace") || is("local") || is("global"))) {
      next();
    }
    if (!ended && (is("temp") || is("temporary"))) {
      add(SessionEffects.TEMPORARY);
    }
    boolean afterAs = false;
    while (!ended) {
      if (afterAs && is("execute")) {
        execute();
        return;
      }
      afterAs = is("as");
      next();
    }
  }

  private void onD() {
    if (is("do")) {
      add(SessionEffects.BLOCK);
    } else if (is("drop")) {
      add(SessionEffects.DROP);
    } else if (is("discard")) {
      next();
      discard();
    } else if (is("deallocate")) {
      deallocate();
    } else if (is("declare")) {
      declare();
    }
  }

  private void discard() {
    if (!ended && is("all")) {
      effects |= SessionEffects.RESETS;
      add(SessionEffects.DISCARD_ALL);
    } else {
      add(SessionEffects.DROP);
    }
  }

  private void deallocate() {
    next();
    if (!ended && is("prepare")) {
      next();
    }
    if (!ended && is("all")) {
      add(SessionEffects.DEALLOCATE_ALL);
    } else if (!ended) {
      addNamed(SessionEffects.DEALLOCATE);
    }
  }

  /** The options of DECLARE end at FOR; HOLD in the query itself is a name. */
  private void declare() {
    boolean afterWith = false;
    while (!ended && !is("for")) {
      if (afterWith && is("hold")) {
        add(SessionEffects.HOLD);
        return;
      }
      afterWith = is("with");
      next();
    }
  }

  private void onE() {
    if (is("execute")) {
      execute();
    } else if (is("explain")) {
      next();
      while (!ended && (depth > 0 || lexer.kind() != TokenKind.WORD || explainOption())) {
        next();
      }
      leading();
    }
  }

  private boolean explainOption() {
    return is("analyze") || is("analyse") || is("verbose");
  }

  private void execute() {
    next();
    addNamed(SessionEffects.EXECUTE);
  }

  private void onL() {
    if (is("load")) {
      add(SessionEffects.LOAD);
    } else {
      named("listen", SessionEffects.LISTEN);
    }
  }

  private void prepare() {
    if (is("prepare")) {
      next();
      if (!ended && !is("transaction")) {
        addNamed(SessionEffects.PREPARE);
      }
    }
  }

  private void onS() {
    if (is("start")) {
      add(SessionEffects.BEGIN);
    } else if (is("set")) {
      next();
      set();
    }
  }

  // ---- parameters ------------------------------------------------------------------------------

  private void set() {
    if (ended) {
      return;
    }
    sets = true;
    int start = lexer.start();
    int end = lexer.end();
    boolean session = is("session");
    boolean local = is("local");
    boolean quiet = is("transaction") || is("constraints");
    boolean custom = dotFollows();
    if (custom) {
      add(SessionEffects.SETTING, start, lexer.end());
    } else if (session) {
      // The word was the scope; what follows it is in hand now.
      scoped();
    } else if (!local && !quiet) {
      setting(start, end);
    }
  }

  private void scoped() {
    int start = lexer.start();
    int end = lexer.end();
    if (ended) {
      return;
    }
    if (is("authorization")) {
      add(SessionEffects.ROLE);
    } else if (is("characteristics")) {
      add(SessionEffects.SETTING);
    } else if (dotFollows()) {
      add(SessionEffects.SETTING, start, lexer.end());
    } else {
      setting(start, end);
    }
  }

  /** Moves behind the name in hand; if it is a qualified one, onto its last part, and says so. */
  private boolean dotFollows() {
    boolean dots = false;
    next();
    while (!ended && lexer.kind() == TokenKind.DOT) {
      dots = true;
      next();
      int last = lexer.end();
      if (ended || lexer.end() >= text.length() || text.charAt(last) != '.') {
        return true;
      }
      next();
    }
    return dots;
  }

  private void setting(int start, int end) {
    if (EffectName.isRole(text, start, end)) {
      add(SessionEffects.ROLE);
    } else {
      add(SessionEffects.SETTING, start, end);
    }
  }

  private void reset() {
    if (!is("reset")) {
      return;
    }
    next();
    if (ended) {
      return;
    }
    int start = lexer.start();
    int end = lexer.end();
    boolean session = is("session");
    effects |= SessionEffects.RESETS;
    if (is("all")) {
      add(SessionEffects.SETTING);
    } else if (dotFollows()) {
      add(SessionEffects.SETTING, start, lexer.end());
    } else if (session) {
      add(SessionEffects.ROLE);
    } else {
      setting(start, end);
    }
  }

  /** A set_config that outlives its transaction, of a name that stands at the place. */
  void configured(int nameStart, int nameEnd) {
    if (nameStart < 0) {
      add(SessionEffects.COMPUTED_NAME | SessionEffects.SETTING);
    } else {
      setting(nameStart, nameEnd);
    }
  }

  // ---- tokens ----------------------------------------------------------------------------------

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
