package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.ListenText;

/**
 * Takes LISTEN and UNLISTEN of one session, where these can be answered for it; the rest is for the
 * profile's interceptor. Two letters tell nearly every text apart.
 */
final class ListenInterceptor implements QueryInterceptor {
  private final Session session;
  private final @Nullable QueryInterceptor inner;
  private boolean innerConcerned;

  private ListenInterceptor(Session session, @Nullable QueryInterceptor inner) {
    this.session = session;
    this.inner = inner;
  }

  /** The interceptor of a session. */
  static @Nullable QueryInterceptor of(Session session, @Nullable QueryInterceptor served) {
    return session.channels().mayListen() ? new ListenInterceptor(session, served) : served;
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    innerConcerned = inner != null && inner.concerns(buffer, offset, length);
    return mayListen(buffer, offset, length) || innerConcerned;
  }

  private static boolean mayListen(ByteBuf buffer, int offset, int length) {
    int at = offset;
    int end = offset + length - 1;
    while (at < end && buffer.getByte(at) <= ' ' && buffer.getByte(at) > 0) {
      at++;
    }
    return at < end && ListenText.mayBegin(buffer.getByte(at), buffer.getByte(at + 1), length);
  }

  @Override
  public boolean passesUnread() {
    return inner == null || inner.passesUnread();
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    ListenText text = ListenText.of(sql);
    if (text != null && session.channels().listens(text)) {
      return new Decision.Answer(new Statement(session, text));
    }
    QueryInterceptor next = inner;
    return next != null && innerConcerned
        ? next.intercept(sql, parameterTypes, simple)
        : Decision.PASS;
  }

  /** LISTEN or UNLISTEN. */
  record Statement(Session session, ListenText text) implements LocalStatement {
    @Override
    public Cancellable start(Arguments arguments, AnswerContext context) {
      session.channels().listening().run(text, context);
      // Over in a moment, or with the connection's own error.
      return Cancellable.DONE;
    }
  }
}
