package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What is decided about the statements of a client whose encoding is not UTF-8, in which all is
 * read and written here: left to the server where it can do the same, else only what is in ASCII is
 * done.
 */
final class EncodedCalls implements QueryInterceptor {
  private static final int ASCII = 128;

  private final Session session;
  private final QueryInterceptor inner;

  private EncodedCalls(Session session, QueryInterceptor inner) {
    this.session = session;
    this.inner = inner;
  }

  /** The interceptor of a session. */
  static @Nullable QueryInterceptor of(Session session, @Nullable QueryInterceptor inner) {
    return inner == null ? null : new EncodedCalls(session, inner);
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    return inner.concerns(buffer, offset, length);
  }

  @Override
  public boolean passesUnread() {
    return inner.passesUnread();
  }

  @Override
  public boolean answers(String sql, int[] parameterTypes, boolean simple) {
    if (session.clientParameters().encoding().utf8()) {
      return inner.answers(sql, parameterTypes, simple);
    }
    return switch (intercept(sql, parameterTypes, simple)) {
      case Decision.Answer answer -> true;
      case Decision.Refuse refuse -> true;
      case Decision.Pass pass -> false;
      case Decision.Rewrite rewrite -> false;
    };
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    Decision decision = inner.intercept(sql, parameterTypes, simple);
    return session.clientParameters().encoding().utf8()
        ? decision
        : switch (texts(decision)) {
          case ANY -> decision;
          case STATEMENT -> ascii(sql) ? decision : Decision.PASS;
          case VALUES -> Decision.PASS;
          case OWN_STATEMENT -> ascii(sql) ? decision : refused();
          case OWN_VALUES -> refused();
        };
  }

  private static Texts texts(Decision decision) {
    return switch (decision) {
      case Decision.Answer answer -> answer.statement().texts();
      case Decision.Rewrite rewrite -> rewrite.rows().texts();
      case Decision.Pass pass -> Texts.ANY;
      case Decision.Refuse refuse -> Texts.ANY;
    };
  }

  /** What was no UTF-8 has become characters that are none of ASCII. */
  private static boolean ascii(String sql) {
    return sql.chars().allMatch(c -> c < ASCII);
  }

  private Decision refused() {
    return new Decision.Refuse(
        PgError.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "texts of this call are read only if client_encoding is UTF8, not "
                    + session.clientParameters().encoding().name())
            .withHint("SET client_encoding TO UTF8."));
  }
}
