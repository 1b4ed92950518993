package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.PreparedText;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * SQL's PREPARE of statements that only the proxy can serve, such as a training: kept for the
 * session as text. EXECUTE is that text with its arguments in place of the parameters, so that it
 * is served as if the client had written it. Sessions that prepare none of these pay nothing: a
 * text without a call of the proxy's is not looked at until then, and by its first letter behind
 * comments after.
 */
final class PreparedCalls implements QueryInterceptor {
  private static final int MOST = 256;

  private final Session session;
  private final QueryInterceptor calls;
  private final QueryInterceptor inner;
  private Map<String, PreparedText.Prepare> prepared = Map.of();
  private boolean innerConcerned;
  private boolean mayName;

  private PreparedCalls(Session session, QueryInterceptor calls, QueryInterceptor inner) {
    this.session = session;
    this.calls = calls;
    this.inner = inner;
  }

  /**
   * The interceptor of a session.
   *
   * @param calls serves what is prepared; null where nothing is
   * @param inner what sees all other texts
   */
  static @Nullable QueryInterceptor of(
      Session session, @Nullable QueryInterceptor calls, @Nullable QueryInterceptor inner) {
    return calls == null || inner == null ? inner : new PreparedCalls(session, calls, inner);
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    innerConcerned = inner.concerns(buffer, offset, length);
    mayName =
        (innerConcerned || !prepared.isEmpty())
            && PreparedText.mayBegin(buffer, offset, offset + length);
    return innerConcerned || mayName;
  }

  @Override
  public boolean passesUnread() {
    return inner.passesUnread();
  }

  @Override
  public boolean answers(String sql, int[] parameterTypes, boolean simple) {
    return switch (mayName ? PreparedText.of(sql) : null) {
      case PreparedText.Execute execute when prepared.containsKey(execute.name()) ->
          answers(execute, simple);
      case PreparedText.Deallocate gone -> prepared.containsKey(gone.name());
      case PreparedText.Prepare prepare when prepared.containsKey(prepare.name()) -> true;
      case null, default -> innerConcerned && calls.answers(sql, parameterTypes, simple);
    };
  }

  private boolean answers(PreparedText.Execute text, boolean simple) {
    return switch (execute(text, simple)) {
      case Decision.Answer answer -> true;
      case Decision.Refuse refuse -> true;
      case Decision.Pass pass -> false;
      case Decision.Rewrite rewrite -> false;
      case null -> false;
    };
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    Decision own = mayName ? own(PreparedText.of(sql), sql, parameterTypes, simple) : null;
    return own != null ? own : others(sql, parameterTypes, simple);
  }

  private Decision others(String sql, int[] parameterTypes, boolean simple) {
    return innerConcerned ? inner.intercept(sql, parameterTypes, simple) : Decision.PASS;
  }

  private @Nullable Decision own(
      @Nullable PreparedText text, String sql, int[] parameterTypes, boolean simple) {
    return switch (text) {
      case PreparedText.Prepare prepare -> prepare(prepare, sql, parameterTypes, simple);
      case PreparedText.Execute execute -> execute(execute, simple);
      case PreparedText.Deallocate gone ->
          prepared.containsKey(gone.name())
              ? answer("DEALLOCATE", () -> forget(gone.name()))
              : null;
      case PreparedText.DeallocateAll all -> forgetUnless(session.status() == 'E');
      // Inside of a transaction the server refuses it.
      case PreparedText.DiscardAll all -> forgetUnless(session.status() != 'I');
      case null -> null;
    };
  }

  /** The server forgets its own. */
  private @Nullable Decision forgetUnless(boolean refused) {
    if (!refused) {
      prepared = Map.of();
    }
    return null;
  }

  private @Nullable Decision prepare(
      PreparedText.Prepare text, String sql, int[] parameterTypes, boolean simple) {
    if (prepared.containsKey(text.name())) {
      return new Decision.Refuse(StatementErrors.exists(text.name()));
    }
    Decision whole = others(sql, parameterTypes, simple);
    if (!(whole instanceof Decision.Refuse) || !served(text)) {
      return whole;
    }
    if (session.state().hasStatement(text.name())) {
      return new Decision.Refuse(StatementErrors.exists(text.name()));
    }
    return prepared.size() >= MOST
        ? new Decision.Refuse(tooMany())
        : answer("PREPARE", () -> keep(text));
  }

  private void keep(PreparedText.Prepare text) {
    if (prepared.isEmpty()) {
      prepared = new HashMap<>();
    }
    prepared.put(text.name(), text);
  }

  private void forget(String name) {
    if (!prepared.isEmpty()) {
      prepared.remove(name);
    }
  }

  private boolean served(PreparedText.Prepare text) {
    return switch (calls.intercept(text.body(), new int[0], true)) {
      case Decision.Answer answer -> true;
      case Decision.Rewrite rewrite -> true;
      case Decision.Pass pass -> false;
      case Decision.Refuse refuse -> false;
    };
  }

  private @Nullable Decision execute(PreparedText.Execute text, boolean simple) {
    PreparedText.Prepare known = prepared.get(text.name());
    if (known == null) {
      return null;
    }
    int wanted = known.parameters();
    if (text.arguments().size() != wanted) {
      return new Decision.Refuse(wrongNumber(text, wanted));
    }
    Decision whole = calls.intercept(known.with(text.arguments()), new int[0], simple);
    return simple ? whole : kept(whole, text, known);
  }

  /** The client may keep its EXECUTE while the name becomes another statement's. */
  private Decision kept(Decision whole, PreparedText.Execute text, PreparedText.Prepare known) {
    return switch (whole) {
      case Decision.Answer answer ->
          new Decision.Answer(new KeptExecute(this, text, known, answer.statement()));
      case Decision.Rewrite rewrite ->
          new Decision.Rewrite(
              rewrite.sql(), new KeptRewrite(() -> names(text.name(), known), rewrite.rows()));
      case Decision.Pass pass -> pass;
      case Decision.Refuse refuse -> refuse;
    };
  }

  /** Whether the name still stands for the statement. */
  boolean names(String name, PreparedText.Prepare statement) {
    return prepared.get(name) == statement;
  }

  /** What EXECUTE means now; null if the name is none of these. */
  @Nullable Decision now(PreparedText.Execute text) {
    return execute(text, true);
  }

  private static PgError wrongNumber(PreparedText.Execute text, int wanted) {
    return PgError.error(
            SqlState.SYNTAX_ERROR,
            "wrong number of parameters for prepared statement \"" + text.name() + "\"")
        .withDetail(
            "Expected %d parameters but got %d.".formatted(wanted, text.arguments().size()));
  }

  private static PgError tooMany() {
    return PgError.error(
            SqlState.LIMIT_EXCEEDED,
            "more than " + MOST + " prepared statements that the proxy answers")
        .withHint("DEALLOCATE those that are no longer needed.");
  }

  private static Decision answer(String tag, Runnable change) {
    return new Decision.Answer(new Change(tag, change));
  }

  /** PREPARE or DEALLOCATE. */
  private record Change(String tag, Runnable change) implements LocalStatement {
    @Override
    public Cancellable start(Arguments arguments, AnswerContext context) {
      change.run();
      context.complete(tag);
      return Cancellable.DONE;
    }
  }
}
