package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/**
 * FunctionCall messages: a function by its number, without any SQL. They go to a server as they
 * are; what the function leaves there is known by its number.
 */
final class FunctionCalls {
  /** Bytes of a FunctionCall up to the number of its function. */
  private static final int FUNCTION_OID = FrameScanner.HEADER + 4;

  private final Session session;
  private final SimpleQueries simple;
  private final SequenceUse sequences;
  private final @Nullable Routing routing;

  /**
   * Those of a session.
   *
   * @param simple fails one, as it does a Query: both are answered alike
   */
  FunctionCalls(Session session, SessionProfile profile, SimpleQueries simple) {
    this.session = session;
    this.simple = simple;
    this.sequences = new SequenceUse(session, profile);
    this.routing = session.routing();
  }

  /** How much of a frame must be there. */
  static int wanted(int length) {
    return Math.min(length, FUNCTION_OID);
  }

  /** What becomes of one. */
  Verdict onFunctionCall(ByteBuf buffer, int offset, int length) {
    if (routing != null && !routing.beforeOther()) {
      return Verdict.HOLD;
    }
    if (!session.attach()) {
      PgError refusal = session.takeRefusal();
      return refusal == null ? Verdict.HOLD : simple.fail(refusal);
    }
    int effects =
        length < FUNCTION_OID
            ? SessionEffects.NONE
            : SessionEffects.ofFunction(buffer.getInt(offset + FrameScanner.HEADER));
    if (sequences.concerns(effects)) {
      if (!sequences.known()) {
        return Verdict.HOLD;
      }
      PgError elsewhere = sequences.refusal();
      if (elsewhere != null) {
        return simple.fail(elsewhere);
      }
    }
    Upstream server = session.upstream();
    if (server != null) {
      server.expect(FUNCTION_CALL);
    }
    session.state().runs(effects);
    session.queries();
    return Verdict.FORWARD;
  }
}
