package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.EffectScan;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What a client's statements have left on its server, in transaction pooling. Parameters are
 * carried to the client's next server; what cannot be carried keeps this one.
 *
 * <pre>
 *             a statement that may leave something             its transaction has ended
 *   CLEAN ────────────────────────────────────────► DUE ──────────────────────────────► ASKING
 *     ▲                                              ▲                                     │
 *     │  parameters only: they are known now         │ the next such statement             │
 *     ├──────────────────────────────────────────────┼─────────────────────────────────────┤
 *     └──────────── undone, says the next answer ─── KEPT ◄── something that is kept ──────┘
 * </pre>
 *
 * <p>The server is asked when the client has its answer already; it waits for nothing.
 */
final class SessionState implements StateInquiry.Asker {
  /** More names of custom parameters are not asked for one by one: the server is kept instead. */
  private static final int MAX_NAMES = 1000;

  /** What a transaction leaves only if it is told to, and nobody can carry. */
  private static final int UNCARRIABLE =
      SessionEffects.ROLE
          | SessionEffects.PREPARE
          | SessionEffects.LISTEN
          | SessionEffects.TEMPORARY
          | SessionEffects.HOLD
          | SessionEffects.ADVISORY
          | SessionEffects.LOAD
          | SessionEffects.COMPUTED_NAME;

  /** After these the client's names mean something else. */
  private static final int RENAMES = SessionEffects.DEALLOCATE_ALL | SessionEffects.DISCARD_ALL;

  private static final int MAY_BE_ANYTHING =
      SessionEffects.BLOCK | SessionEffects.UNCLEAR | SessionEffects.DISCARD_ALL;

  /** After these the session may have another role than that of its login, seen or unseen. */
  private static final int MAY_CHANGE_ROLE =
      SessionEffects.ROLE
          | SessionEffects.BLOCK
          | SessionEffects.UNCLEAR
          | SessionEffects.COMPUTED_NAME;

  private static final int MAY_LEAVE_BLOCK = SessionEffects.BEGIN | SessionEffects.UNCLEAR;

  private final Session session;
  private final OnSessionState policy;
  private final ParameterSet startup;
  private final EffectScan scan;
  private Set<String> custom = Set.of();
  private Set<String> statements = Set.of();
  private int due;
  private int again;
  private int kept;
  private int prepared;
  private boolean asking;
  private int asked;
  private boolean reset;
  private boolean listensItself;
  private boolean marked;
  private boolean discards;
  private boolean plainBackslashes;
  private boolean roleChanged;
  private int judged = -1;

  /**
   * Of a session that has left nothing yet.
   *
   * @param scan judges texts of the event loop's sessions, one at a time
   */
  SessionState(Session session, OnSessionState policy, ParameterSet startup, EffectScan scan) {
    this.session = session;
    this.policy = policy;
    this.scan = scan;
    this.startup = startup;
    // The server lists its parameters, but none whose class it does not know.
    startup.values().keySet().stream()
        .filter(name -> name.indexOf('.') > 0)
        .forEach(this::remember);
  }

  // ---- statements ------------------------------------------------------------------------------

  /** The effects of a text; what it names is remembered. */
  int judge(ByteBuf text, int offset, int length) {
    int effects = scan.of(text, offset, length, plainBackslashes);
    judged = scan.texts();
    if (effects != SessionEffects.NONE) {
      rememberNames();
      if (SessionEffects.any(effects, SessionEffects.PREPARE)) {
        prepared |= effects & ~SessionEffects.SEVERAL;
      }
    }
    return effects;
  }

  /**
   * With session pooling, where nothing else of a text matters and the server is asked about
   * nothing: whether it may change the role, which stays open until the session ends.
   */
  void watchRole(ByteBuf text, int offset, int length) {
    if (!roleChanged) {
      roleChanged =
          SessionEffects.any(scan.of(text, offset, length, plainBackslashes), MAY_CHANGE_ROLE);
    }
  }

  /** A text that is too long to be seen may do so, too. */
  void roleUnseen() {
    roleChanged = true;
  }

  private void rememberNames() {
    for (int i = 0; i < scan.count(); i++) {
      if (scan.effect(i) == SessionEffects.SETTING) {
        String name = scan.name(i);
        if (name != null && name.indexOf('.') > 0) {
          remember(name);
        }
      }
    }
  }

  private void remember(String name) {
    if (custom.isEmpty()) {
      custom = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    }
    if (custom.size() < MAX_NAMES) {
      custom.add(name);
    } else if (!custom.contains(name)) {
      due |= SessionEffects.COMPUTED_NAME;
    }
  }

  /** Why a statement with the effects may not run, or null. */
  @Nullable PgError refusal(int effects) {
    if (SessionEffects.any(effects, SessionEffects.UNLISTEN) && unlistensUnseen(effects)) {
      return PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "UNLISTEN cannot be told from the rest of this text, while the session listens"
                  + " through the pool's shared connection")
          .withHint("Send UNLISTEN alone, with a plain or quoted name of at most 63 bytes.");
    }
    if (SessionEffects.any(effects, SessionEffects.BEGIN)
        && !SessionEffects.any(effects, SessionEffects.SEVERAL)
        && session.profile().refusesBlocks()) {
      return StatementPooling.refusal();
    }
    if (policy != OnSessionState.REJECT || !SessionEffects.any(effects, UNCARRIABLE)) {
      return null;
    }
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "%s cannot be used here: each transaction may run on another server connection"
                .formatted(KeptState.describe(effects & UNCARRIABLE)))
        .withHint(
            "Use pool_mode = \"session\", or on_session_state = \"pin\", which keeps the server"
                + " connection as long as need be.");
  }

  /** Only UNLISTEN * outside of a transaction block leaves a trace that tells whether it worked. */
  private boolean unlistensUnseen(int effects) {
    Listening listening = session.channels().ifAny();
    if (listening == null || !listening.active()) {
      return false;
    }
    for (int i = 0; i < scan.count(); i++) {
      if (scan.effect(i) == SessionEffects.UNLISTEN && scan.nameStart(i) >= 0) {
        return true;
      }
    }
    return session.inTransaction()
        || SessionEffects.any(effects, SqlNames.EFFECTS | SessionEffects.BEGIN);
  }

  /** A text with UNLISTEN * is about to be sent. */
  void unlistens(Upstream server) {
    Listening listening = session.channels().ifAny();
    if (listening != null && listening.active()) {
      session.scanner().cut();
      listening.unlistensAll(server);
      asksForChannels();
    }
  }

  /**
   * A statement with the effects is about to run.
   *
   * @return whether its outcome must be known before anything else is sent
   */
  boolean runs(int effects) {
    if (effects == SessionEffects.NONE) {
      return false;
    }
    due |= effects & (UNCARRIABLE | SessionEffects.SETTING);
    if (SessionEffects.any(effects, SessionEffects.COMPUTED_NAME)) {
      due |= SessionEffects.SETTING;
    }
    if (SessionEffects.any(effects, MAY_BE_ANYTHING)) {
      due |= StateInquiry.EVERYTHING;
    }
    listensItself |=
        SessionEffects.any(
            effects, SessionEffects.LISTEN | SessionEffects.BLOCK | SessionEffects.UNCLEAR);
    discards = SessionEffects.any(effects, SessionEffects.DISCARD_ALL);
    if (SessionEffects.any(effects, SessionEffects.DISCARD_ALL)) {
      kept &= ~SessionEffects.COMPUTED_NAME;
    }
    if (SessionEffects.any(effects, SessionEffects.EXECUTE) && prepared != 0) {
      due |= prepared & StateInquiry.EVERYTHING;
    }
    // What a question under way is about to find counts, too.
    int there = kept | due | asked;
    undoes(effects, SessionEffects.UNLISTEN, there & SessionEffects.LISTEN);
    undoes(effects, SessionEffects.DROP, there & SessionEffects.TEMPORARY);
    undoes(effects, SessionEffects.CLOSE, there & SessionEffects.HOLD);
    undoes(effects, SessionEffects.UNLOCK, there & SessionEffects.ADVISORY);
    undoes(
        effects,
        SessionEffects.DEALLOCATE | SessionEffects.DEALLOCATE_ALL,
        there & SessionEffects.PREPARE);
    return SessionEffects.any(effects, RENAMES | SqlNames.EFFECTS)
        || SessionEffects.any(effects, MAY_LEAVE_BLOCK) && session.profile().refusesBlocks()
        || SessionEffects.any(effects, SessionEffects.RESETS) && !startup.values().isEmpty();
  }

  private void undoes(int effects, int end, int there) {
    if (SessionEffects.any(effects, end)) {
      due |= there;
    }
  }

  /** Whether a backslash in a plain string escapes what follows it. */
  boolean plainBackslashes() {
    return plainBackslashes;
  }

  /** The server has reported a parameter that the client's doing has changed. */
  void reported(String name, String value) {
    if (name.equals("standard_conforming_strings")) {
      plainBackslashes = value.equals("off");
    }
    // What a function has done is seen by nothing else.
    roleChanged |= name.equals("session_authorization") || name.equals("is_superuser");
  }

  // ---- the server ------------------------------------------------------------------------------

  /** Asks the idle server if it is time to; whether the answer is to be waited for. */
  boolean inquires(Upstream server) {
    if (asking) {
      // Its last bytes may be here already, but not be told yet.
      return true;
    }
    if (server.parametersChanged()) {
      due |= SessionEffects.SETTING | SessionEffects.ROLE;
    }
    if (due == 0) {
      return false;
    }
    int bits = due & StateInquiry.EVERYTHING;
    kept |= due & (SessionEffects.LOAD | SessionEffects.COMPUTED_NAME);
    due = 0;
    if (bits == 0) {
      return false;
    }
    asking = true;
    asked = bits;
    server.inquire(new StateInquiry(bits, custom, this));
    server.flush();
    return true;
  }

  /** With session pooling: the client may have given parameters the server's values. */
  void parametersReset() {
    reset = !startup.values().isEmpty();
  }

  /**
   * With session pooling: asks the idle server what has become of the parameters that the client
   * asked for at login. Whoever reset them gets them back; the server's own default for them would
   * be that of another client's login.
   */
  void inquiresReset(Upstream server) {
    if (reset && !asking) {
      reset = false;
      asking = true;
      server.inquire(new StateInquiry(SessionEffects.SETTING, custom, this));
    }
  }

  /** Whether an answer of the server is outstanding. */
  boolean asking() {
    return asking;
  }

  @Override
  public void answered(StateInquiry inquiry, @Nullable PgError error) {
    asking = false;
    asked = 0;
    if (error != null) {
      // Nobody knows what is there: the client keeps it, and is asked about it again.
      kept |= SessionEffects.UNCLEAR;
      again |= inquiry.bits();
    } else {
      kept = kept & ~(inquiry.bits() | SessionEffects.UNCLEAR) | inquiry.kept();
      if (SessionEffects.any(inquiry.bits(), SessionEffects.LISTEN)) {
        channels(inquiry.channels());
      }
      if (SessionEffects.any(inquiry.bits(), SessionEffects.PREPARE)) {
        statements = inquiry.statements();
        prepared = statements.isEmpty() ? 0 : prepared;
      }
      if (inquiry.asksSettings()) {
        session
            .clientParameters()
            .are(settings(inquiry.settings()), ParameterSet.of(inquiry.settings()));
      }
    }
    session.inquired();
  }

  /** Those that only mark what the session's transaction has done are taken away with the rest. */
  private void channels(Set<String> present) {
    listensItself = present.stream().anyMatch(channel -> !Listening.isMark(channel));
    marked |= present.stream().anyMatch(Listening::isMark);
    kept |= listensItself ? SessionEffects.LISTEN : 0;
    Listening listening = session.channels().ifAny();
    if (listening != null) {
      listening.ended(present);
    }
  }

  /** The session's transaction has marked a change of its channels. */
  void asksForChannels() {
    due |= SessionEffects.LISTEN;
  }

  /** Whether the session's server listens, or may, for what could not be told from the text. */
  boolean listensItself() {
    return listensItself;
  }

  /** Whether the last statement with an effect was DISCARD ALL. */
  boolean discards() {
    return discards;
  }

  /**
   * What the session's parameters are to be. One that the client has reset has the value of the
   * server's configuration now; in Postgres it is that of the startup packet.
   */
  private ParameterSet settings(Map<String, String> present) {
    Map<String, String> all = new LinkedHashMap<>(startup.values());
    Map<String, String> back = new LinkedHashMap<>();
    startup
        .values()
        .forEach((name, value) -> {
          if (present.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
            back.put(name, value);
          }
        });
    all.keySet().removeIf(name -> !back.containsKey(name));
    all.putAll(present);
    session.clientParameters().tell(back);
    return ParameterSet.of(all);
  }

  /** A transaction has ended. */
  void transactionEnded() {
    due |= again;
    again = 0;
  }

  /** The session has no server any more: nothing is left on it. */
  void serverGone() {
    due = 0;
    again = 0;
    kept = 0;
    prepared = 0;
    asking = false;
    asked = 0;
    listensItself = false;
    marked = false;
    statements = Set.of();
    Listening listening = session.channels().ifAny();
    if (listening != null) {
      listening.serverLost();
    }
  }

  /** Whether the client needs this very server between its transactions. */
  boolean pins() {
    return kept != 0 && policy != OnSessionState.IGNORE;
  }

  /** Whether the client has, or may have, another role on its server than it logged in as. */
  boolean mayHaveRole() {
    return session.profile().sessionPooling()
        ? roleChanged || SessionEffects.any(due, MAY_CHANGE_ROLE)
        : mayHold(SessionEffects.ROLE);
  }

  /** Whether another server would see other relations, or let the client do other things. */
  boolean seesAndMayOtherThings() {
    return mayHold(SessionEffects.ROLE | SessionEffects.TEMPORARY);
  }

  private boolean mayHold(int bits) {
    return policy != OnSessionState.IGNORE && SessionEffects.any(kept | due | asked, bits);
  }

  /** Whether the server holds, or may hold, what only it can give back to the client. */
  boolean losesWithServer() {
    return pins() || asking;
  }

  /** As {@link #losesWithServer}, or statements may have left something that nobody asked about. */
  boolean mayLoseWithServer() {
    return losesWithServer() || due != 0 && policy != OnSessionState.IGNORE;
  }

  /** How the idle server is to be given back. */
  Upstream.Release release() {
    if (SessionEffects.any(kept, SessionEffects.LOAD)) {
      // A library cannot be unloaded.
      return Upstream.Release.BROKEN;
    }
    return kept == 0 && !marked ? Upstream.Release.IDLE : Upstream.Release.DIRTY;
  }

  /** Whether a library was loaded, which no cleaning takes away. */
  boolean spoiled() {
    return SessionEffects.any(kept | due, SessionEffects.LOAD);
  }

  /** Why the client keeps its server, for people; empty if it does not. */
  String reason() {
    return pins() ? KeptState.describe(kept) : "";
  }

  /** Whether no text has been judged since, of this session or another one of its loop. */
  boolean judgedLast() {
    return judged == scan.texts();
  }

  /** What the text names that this session had judged last. */
  EffectScan names(byte[] text) {
    if (!judgedLast()) {
      judge(Unpooled.wrappedBuffer(text), 0, text.length);
    }
    return scan;
  }

  /** Whether SQL has prepared, or may have prepared, any statements. */
  boolean hasStatements() {
    return !statements.isEmpty();
  }

  /** Whether SQL has prepared, or may have prepared, a statement of the name. */
  boolean hasStatement(String name) {
    return statements.contains(name);
  }

  /** The texts of PREPARE that have just been judged are about to run. */
  void prepares() {
    for (int i = 0; i < scan.count(); i++) {
      String name = scan.name(i);
      if (scan.effect(i) == SessionEffects.PREPARE && name != null) {
        if (statements.isEmpty()) {
          statements = new HashSet<>();
        }
        statements.add(name);
      }
    }
  }
}
