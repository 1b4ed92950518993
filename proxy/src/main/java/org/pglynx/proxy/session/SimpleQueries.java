package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Query messages: forwarded unseen, or, if an interceptor is concerned, answered here or rewritten.
 *
 * <p>A frame may be held several times (for a server, for outstanding replies, for a model); what
 * has been decided about it is kept until it is used up.
 */
final class SimpleQueries {
  /** Longer texts are forwarded without a look: nobody writes a call by hand behind a megabyte. */
  static final int MAX_INTERCEPTED = 1 << 20;

  /** Longer texts stream through, and may have done anything. */
  private static final int MAX_JUDGED = 256 << 10;

  private static final int UNJUDGED = -1;

  /** What becomes of a text that an interceptor must see, and that is too long. */
  static final Decision UNREAD =
      new Decision.Refuse(
          tooLong("a statement that the proxy has to look at (plugins.table_access)", 1 << 20));

  private final Session session;
  private final @Nullable QueryInterceptor interceptor;
  private final ExtendedQueries extended;
  private final DeferredBegin begin;
  private final Runnable awaitOutcome;
  private final boolean judges;
  private final boolean watchesRole;
  private final SequenceUse sequences;
  private final boolean intercepts;
  private final @Nullable Routing routing;
  private @Nullable Decision decided;
  private RowRewrite.@Nullable RowTransform opened;
  private @Nullable PgError failure;
  private int judged = UNJUDGED;

  SimpleQueries(
      Session session,
      SessionProfile profile,
      @Nullable QueryInterceptor interceptor,
      ExtendedQueries extended,
      DeferredBegin begin,
      Runnable awaitOutcome) {
    this.session = session;
    this.extended = extended;
    this.begin = begin;
    this.awaitOutcome = awaitOutcome;
    this.judges = profile.judges();
    this.watchesRole = profile.watchesRole();
    this.sequences = new SequenceUse(session, profile);
    this.interceptor = interceptor;
    this.intercepts = profile.interceptor() != null;
    this.routing = session.routing();
  }

  int wanted(int length) {
    int limit = intercepts ? MAX_INTERCEPTED : judges || routing != null ? MAX_JUDGED : 0;
    return length <= limit ? length : 0;
  }

  Verdict onQuery(ByteBuf buffer, int offset, int available, int length) {
    PgError failed = failure;
    if (failed != null) {
      failure = null;
      return fail(failed);
    }
    Decision decision = decided;
    if (decision == null) {
      decision = decide(buffer, offset, available, length);
    }
    return switch (decision) {
      case Decision.Pass pass -> kept(pass, relay(buffer, offset, available, length));
      case Decision.Refuse refuse -> whenSettled(refuse, () -> refuse(refuse.error()));
      case Decision.Answer answer -> whenSettled(answer, () -> answer(answer.statement()));
      case Decision.Rewrite rewrite -> when(readyToRewrite(), rewrite, () -> rewrite(rewrite));
    };
  }

  /** A frame that is held is not asked about again. */
  private Verdict kept(Decision decision, Verdict verdict) {
    decided = verdict == Verdict.HOLD ? decision : null;
    return verdict;
  }

  private Decision decide(ByteBuf buffer, int offset, int available, int length) {
    QueryInterceptor asked = interceptor;
    if (asked == null || available < length) {
      return asked == null || asked.passesUnread() ? Decision.PASS : UNREAD;
    }
    int text = offset + FrameScanner.HEADER;
    int textLength = length - FrameScanner.HEADER - 1;
    if (textLength < 0 || !asked.concerns(buffer, text, textLength)) {
      return Decision.PASS;
    }
    if (buffer.indexOf(text, offset + length, (byte) 0) != text + textLength) {
      // Malformed: the server says how.
      return Decision.PASS;
    }
    String sql = buffer.toString(text, textLength, StandardCharsets.UTF_8);
    Decision decision = asked.intercept(sql, new int[0], true);
    if (decision instanceof Decision.Rewrite rewrite) {
      effects(buffer, offset, available, length);
      return new Decision.Rewrite(rewrite.sql(), rewrite.rows().ofQuery());
    }
    return decision;
  }

  private interface Step {
    Verdict run();
  }

  /** Waits until the client has all earlier replies. */
  private Verdict whenSettled(Decision decision, Step step) {
    return when(session.settled(), decision, step);
  }

  /**
   * Opening a rewrite may take long, so it keeps no server; sending it keeps the one that it has
   * waited for, or two clients could take the last server from each other without end.
   */
  private boolean readyToRewrite() {
    return opened == null ? session.settled() : session.lease().quiet();
  }

  private Verdict when(boolean settled, Decision decision, Step step) {
    if (!settled) {
      decided = decision;
      return Verdict.HOLD;
    }
    decided = null;
    return step.run();
  }

  private Verdict relay(ByteBuf buffer, int offset, int available, int length) {
    int effects = effects(buffer, offset, available, length);
    if (effects == SessionEffects.BEGIN && begin.answers(buffer, offset, available, length)) {
      return answered();
    }
    PgError forbidden = session.state().refusal(effects);
    if (forbidden != null) {
      return session.settled() ? fail(forbidden) : Verdict.HOLD;
    }
    if (sequences.concerns(effects) && !extended.executed()) {
      if (!sequences.known()) {
        return Verdict.HOLD;
      }
      PgError elsewhere = sequences.refusal();
      if (elsewhere != null) {
        return fail(elsewhere);
      }
    }
    if (routing != null && !routing.beforeQuery(buffer, offset, available, length)) {
      return Verdict.HOLD;
    }
    boolean names = SessionEffects.any(effects, SqlNames.EFFECTS) && session.status() != 'E';
    if (names && !session.lease().quiet()) {
      return Verdict.HOLD;
    }
    if (!session.attach()) {
      PgError refusal = session.takeRefusal();
      return refusal == null ? Verdict.HOLD : fail(refusal);
    }
    if (names) {
      return relayNames(buffer, offset, length);
    }
    Upstream server = session.upstream();
    if (server != null) {
      if (SessionEffects.any(effects, SessionEffects.UNLISTEN)) {
        session.state().unlistens(server);
      }
      server.expect(FrontendTag.QUERY);
      extended.querySent();
    }
    runs(effects);
    session.queries();
    Spread splitting = session.lease().splitting();
    if (splitting != null) {
      session.scanner().cut();
      splitting.sendQueries();
      return Verdict.DROP;
    }
    return Verdict.FORWARD;
  }

  /** A text that names prepared statements, sent with the names that the server knows them by. */
  private Verdict relayNames(ByteBuf buffer, int offset, int length) {
    Upstream server = session.upstream();
    if (server == null) {
      return Verdict.HOLD;
    }
    byte[] text = new byte[length - FrameScanner.HEADER - 1];
    buffer.getBytes(offset + FrameScanner.HEADER, text);
    int effects = effects(buffer, offset, length, length);
    SqlNames names;
    try {
      names = extended.names(text);
    } catch (SqlNames.RefusedException e) {
      return fail(e.error());
    }
    session.state().prepares();
    session.scanner().cut();
    if (names.changes()) {
      server.ensurePreparedForQuery(names.used());
    }
    server.expect(FrontendTag.QUERY);
    extended.querySent();
    extended.runsNames(names);
    runs(effects | names.effects());
    session.queries();
    if (!names.changes()) {
      return Verdict.FORWARD;
    }
    ByteBuf out = session.client().allocator().buffer(names.text().length + 16);
    int mark = FrameWriter.begin(out, FrontendTag.QUERY);
    out.writeBytes(names.text()).writeByte(0);
    FrameWriter.finish(out, mark);
    server.send(out);
    return Verdict.DROP;
  }

  /** The Query in hand has been answered without a server; it ends the unnamed statement, too. */
  Verdict answered() {
    forget();
    extended.querySent();
    return Verdict.DROP;
  }

  private void runs(int effects) {
    judged = UNJUDGED;
    if (session.state().runs(effects)) {
      awaitOutcome.run();
    }
  }

  /**
   * Judges a text once, also if its frame is held, unless it names something and another text has
   * been judged meanwhile.
   */
  private int effects(ByteBuf buffer, int offset, int available, int length) {
    if (!judges) {
      watchRole(buffer, offset, available, length);
      return SessionEffects.NONE;
    }
    if (judged == UNJUDGED || judged != SessionEffects.NONE && !session.state().judgedLast()) {
      int text = offset + FrameScanner.HEADER;
      judged =
          available < length
              ? SessionEffects.UNCLEAR
              : session.state().judge(buffer, text, Math.max(offset + length - 1 - text, 0));
    }
    return judged;
  }

  private void watchRole(ByteBuf buffer, int offset, int available, int length) {
    if (!watchesRole) {
      return;
    }
    if (available < length) {
      session.state().roleUnseen();
    } else {
      int text = offset + FrameScanner.HEADER;
      session.state().watchRole(buffer, text, Math.max(offset + length - 1 - text, 0));
    }
  }

  private Verdict refuse(PgError why) {
    return fail(StatementErrors.refusal(why, session.status(), "exec_simple_query"));
  }

  /** Answers the Query in hand with an error. */
  Verdict fail(PgError error) {
    forget();
    session.write(error);
    session.failTransaction(false);
    session.writeReady();
    return Verdict.DROP;
  }

  /** Forgets what has been decided about the Query in hand. */
  void forget() {
    decided = null;
    opened = null;
    failure = null;
    judged = UNJUDGED;
  }

  private Verdict answer(LocalStatement statement) {
    if (session.status() == 'E' && !statement.runsInFailed()) {
      return fail(LocalExecution.ABORTED);
    }
    session.activity().counts().localQuery();
    LocalExecution execution =
        new LocalExecution(session, statement.columns(), Arguments.NONE, new SimpleEnd(), true);
    execution.start(statement);
    return Verdict.DROP;
  }

  private final class SimpleEnd implements LocalExecution.End {
    @Override
    public void complete(String tag) {
      ByteBuf out = session.client().allocator().buffer(64);
      FrameWriter.string(out, org.pglynx.proxy.wire.BackendTag.COMMAND_COMPLETE, tag);
      session.endReply(out);
      session.client().write(out);
    }

    @Override
    public void failed(PgError error) {
      fail(error);
    }
  }

  private Verdict rewrite(Decision.Rewrite rewrite) {
    if (session.status() == 'E') {
      return fail(LocalExecution.ABORTED);
    }
    RowRewrite.RowTransform transform = opened;
    if (transform == null) {
      transform = open(rewrite);
    }
    if (transform == null) {
      return afterOpen(rewrite);
    }
    if (routing != null && session.upstream() == null) {
      routing.beforeOther();
    }
    if (!session.attach()) {
      return waitForServer(rewrite, transform);
    }
    opened = null;
    send(rewrite, transform);
    return Verdict.DROP;
  }

  /** The preparation goes on, or has failed at once. */
  private Verdict afterOpen(Decision.Rewrite rewrite) {
    PgError failed = failure;
    if (failed != null) {
      failure = null;
      return fail(failed);
    }
    decided = rewrite;
    return Verdict.HOLD;
  }

  private Verdict waitForServer(Decision.Rewrite rewrite, RowRewrite.RowTransform transform) {
    PgError refusal = session.takeRefusal();
    if (refusal != null) {
      return fail(refusal);
    }
    decided = rewrite;
    opened = transform;
    return Verdict.HOLD;
  }

  private RowRewrite.@Nullable RowTransform open(Decision.Rewrite rewrite) {
    Opening opening = new Opening(session);
    opening.start(
        rewrite.rows(),
        Arguments.NONE,
        (transform, error) -> {
          opened = transform;
          failure = error;
        });
    RowRewrite.RowTransform transform = opened;
    opened = null;
    return transform;
  }

  private void send(Decision.Rewrite rewrite, RowRewrite.RowTransform transform) {
    Upstream server = session.upstream();
    if (server == null) {
      return;
    }
    session.scanner().cut();
    RowRewrite.OneQuery once = transform.query();
    RowRewrite rows = once == null ? rewrite.rows() : once.rewrite();
    String sql = once == null ? rewrite.sql() : once.sql();
    server.expectRewritten(FrontendTag.QUERY, rows, transform);
    ByteBuf out = session.client().allocator().buffer(sql.length() + 16);
    RewrittenQuery.write(sql, rows.serverFormats(), out);
    server.send(out);
    extended.querySent();
    runs(Math.max(judged, SessionEffects.NONE));
    awaitOutcome.run();
    session.queries();
  }

  /** What a text refused for its length or place is told. */
  static PgError tooLong(String what, int limit) {
    return PgError.error(SqlState.PROGRAM_LIMIT, what + " is longer than " + limit + " bytes");
  }
}
