package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.COPY_DATA;
import static org.pglynx.proxy.wire.FrontendTag.COPY_DONE;
import static org.pglynx.proxy.wire.FrontendTag.COPY_FAIL;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.FLUSH;
import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;
import static org.pglynx.proxy.wire.FrontendTag.TERMINATE;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.TagSet;

/**
 * Decides about each frame of a logged-in client. Simple queries are seen to by {@link
 * SimpleQueries}, the extended protocol by {@link ExtendedQueries}, function calls by {@link
 * FunctionCalls}; what is left is here.
 *
 * <pre>
 *              error of the proxy's own in the extended protocol
 *   RELAYING ─────────────────────────────────────────────────────► SKIPPING
 *       ▲                                                              │ P B D E C H Q F dropped
 *       └──────────────────────────── Sync ────────────────────────────┘
 * </pre>
 */
final class FrontendFrames implements FrameScanner.Visitor {
  /** Postgres' own words (libpq/pqformat.c). */
  static final String INVALID_FORMAT = "invalid message format";

  private static final TagSet STATEMENTS =
      TagSet.of(QUERY, PARSE, BIND, DESCRIBE, EXECUTE, CLOSE, FUNCTION_CALL);

  /** What may end a transaction. */
  private static final TagSet ENDS = TagSet.of(QUERY, EXECUTE, SYNC, FUNCTION_CALL);

  private static final PgError SYNC_FIRST =
      PgError.fatal(
              SqlState.FEATURE_NOT_SUPPORTED,
              "a batch that has been on several shards must be ended by Sync")
          .withHint("Send no Query and no FunctionCall amid a batch of the extended protocol.");

  private final Session session;
  private final SessionActivity activity;
  private final SimpleQueries simple;
  private final ExtendedQueries extended;
  private final DeferredBegin begin;
  private final FunctionCalls functions;
  private final @Nullable Routing routing;
  private final @Nullable ShardRouting shardRouting;
  private boolean skipping;
  private boolean outcomeOpen;

  FrontendFrames(Session session, SessionProfile profile) {
    this.session = session;
    this.activity = session.activity();
    this.routing = session.routing();
    QueryInterceptor served = EncodedCalls.of(session, profile.interceptor());
    QueryInterceptor asked = RoleInterceptor.of(routing, ListenInterceptor.of(session, served));
    Shards shards = session.shards();
    SeveralServers several = session.lease().several();
    ShardChoice choice =
        shards == null || several == null
            ? null
            : new ShardChoice(shards, several.history()::inAnyBlock);
    QueryInterceptor calls = PreparedCalls.of(session, served, asked);
    asked =
        choice == null || shards == null
            ? calls
            : new ShardInterceptor(choice, new ShardCommit(session, shards), calls);
    this.extended =
        new ExtendedQueries(session, profile, asked, this::failBatch, this::awaitOutcome);
    this.begin = new DeferredBegin(session, profile);
    this.simple = new SimpleQueries(session, profile, asked, extended, begin, this::awaitOutcome);
    this.functions = new FunctionCalls(session, profile, simple);
    this.shardRouting =
        shards == null || choice == null || several == null
            ? null
            : new ShardRouting(session, shards, choice, extended, several, calls);
  }

  /** What concerns the extended protocol alone. */
  ExtendedQueries extended() {
    return extended;
  }

  /** Whether the server must stay although no transaction is open. */
  boolean needsServer() {
    return extended.unsynced() || extended.unnamedNeedsServer();
  }

  /** Whether the client is between batches. */
  boolean rest() {
    return !skipping && !extended.unsynced() && !begin.holds();
  }

  @Override
  public int wanted(byte tag, int length) {
    ShardRouting router = shardRouting;
    StatementTrace trace = activity.trace();
    int own = ownWanted(tag, length);
    if (trace != null) {
      own = Math.max(own, trace.wanted(tag, length));
    }
    return router == null ? own : Math.max(own, router.wanted(tag, length));
  }

  private int ownWanted(byte tag, int length) {
    return switch (tag) {
      case QUERY -> simple.wanted(length);
      case PARSE, BIND, DESCRIBE, CLOSE, EXECUTE -> extended.wanted(tag, length);
      case FUNCTION_CALL -> FunctionCalls.wanted(length);
      default -> 0;
    };
  }

  @Override
  public void onRun(ByteBuf run) {
    session.lease().forward(run);
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (session.closed()) {
      return Verdict.STOP;
    }
    if (session.blocked()) {
      return Verdict.HOLD;
    }
    if (tag != SYNC && tag != TERMINATE && (skipping || session.lease().skips())) {
      return skip(tag);
    }
    if (STATEMENTS.has(tag) && session.lease().copiesIn()) {
      // Postgres ends the session, too (commands/copyfromparse.c).
      throw new ProtocolException(
          "unexpected message type 0x%02X during COPY from stdin".formatted(tag));
    }
    if (outcomeOpen && tag != TERMINATE && !session.lease().copiesIn()) {
      // Rewritten rows may fail here yet, and then what comes next is not to be run; statements
      // may be gone that the next frame names.
      if (!session.settled()) {
        return Verdict.HOLD;
      }
      outcomeOpen = false;
      return onFrame(tag, buffer, offset, available, length);
    }
    if (ENDS.has(tag) && awaitsNotifications()) {
      return Verdict.HOLD;
    }
    PgError gone = session.transaction().takeLost();
    if (gone != null) {
      return begin.endsLost(tag, buffer, offset, available, length)
          ? simple.answered()
          : failLost(gone, tag, length);
    }
    ShardRouting router = shardRouting;
    if (router != null && (tag == QUERY || tag == FUNCTION_CALL) && router.several().turned()) {
      // It would end the batch on one of its shards.
      session.die(SYNC_FIRST);
      return Verdict.STOP;
    }
    if (router != null && STATEMENTS.has(tag)) {
      Verdict verdict = route(router, tag, buffer, offset, available, length);
      if (verdict != null) {
        return verdict;
      }
    }
    if (begin.holds() && STATEMENTS.has(tag)) {
      return onFirst(tag, buffer, offset, available, length);
    }
    return dispatch(tag, buffer, offset, available, length);
  }

  /** What becomes of a frame that has no shard, or not yet, or needs none; else null. */
  private @Nullable Verdict route(
      ShardRouting router, byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (router.shardless().has(tag, buffer, offset, available, length)) {
      return dispatch(tag, buffer, offset, available, length);
    }
    return switch (router.route(tag, buffer, offset, available, length)) {
      case GO_ON -> null;
      case HOLD -> Verdict.HOLD;
      case FAIL -> {
        if (!session.settled()) {
          yield Verdict.HOLD;
        }
        if (begin.holds()) {
          begin.failed();
        }
        yield failLost(router.takeError(), tag, length);
      }
    };
  }

  /** More has been read: a frame may have been held for it. */
  void moreRead() {
    ShardRouting router = shardRouting;
    if (router != null && router.takeAwaiting()) {
      session.scanner().resume();
    }
  }

  private boolean awaitsNotifications() {
    Listening listening = session.channels().ifAny();
    return listening != null && !listening.passes();
  }

  private Verdict dispatch(byte tag, ByteBuf buffer, int offset, int available, int length) {
    StatementTrace trace = activity.trace();
    if (trace != null) {
      trace.frame(extended, tag, buffer, offset, available, length);
    }
    return switch (tag) {
      case QUERY -> onQuery(buffer, offset, available, length);
      case PARSE, BIND, DESCRIBE, EXECUTE, CLOSE ->
          onExtended(tag, buffer, offset, available, length);
      case SYNC -> onSync(length);
      case FLUSH -> onFlush(length);
      case FUNCTION_CALL -> functions.onFunctionCall(buffer, offset, length);
      case COPY_DATA -> session.upstream() == null ? Verdict.DROP : Verdict.FORWARD;
      case COPY_DONE, COPY_FAIL -> onCopyEnd(tag);
      case TERMINATE -> onTerminate();
      default -> throw unknown(tag);
    };
  }

  /** The first statement of a transaction that no server knows of yet. */
  private Verdict onFirst(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (begin.ends(tag, buffer, offset, available, length)) {
      return simple.answered();
    }
    if (routing != null
        && session.upstream() == null
        && !aims(routing, tag, buffer, offset, available, length)) {
      return Verdict.HOLD;
    }
    if (!begin.begins()) {
      PgError refusal = session.takeRefusal();
      if (refusal == null) {
        return Verdict.HOLD;
      }
      begin.failed();
      return failLost(refusal, tag, length);
    }
    if (tag == QUERY || tag == FUNCTION_CALL) {
      outcomeOpen |= begin.awaitsProof();
    }
    return dispatch(tag, buffer, offset, available, length);
  }

  /** A transaction that only reads may begin on a replica, if its first statement may run there. */
  private boolean aims(
      Routing known, byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (!known.begins(begin.definition())) {
      // A batch of reads that came to nothing may have left its aim.
      return known.beforeOther();
    }
    return switch (tag) {
      case QUERY -> known.beforeQuery(buffer, offset, available, length);
      case FUNCTION_CALL -> known.beforeOther();
      default -> extended.begins(known, buffer, offset);
    };
  }

  /** The server has refused to begin the transaction: the loss that follows is its failure. */
  void beginFailed() {
    begin.failed();
  }

  /** A statement that needs no server has failed: so has the transaction that none has begun. */
  void failDeferred() {
    if (begin.holds()) {
      begin.failed();
    }
  }

  /** Whether the client is in a transaction that no server knows of. */
  boolean deferring() {
    return begin.holds();
  }

  /**
   * Amid a batch it is not known yet whether the server will skip the query, and so whether the
   * batch ends with it and the unnamed statement with both.
   */
  private Verdict onQuery(ByteBuf buffer, int offset, int available, int length) {
    if (extended.unsynced() && !session.settled()) {
      return Verdict.HOLD;
    }
    if (session.lease().skips()) {
      return skip(QUERY);
    }
    return simple.onQuery(buffer, offset, available, length);
  }

  /** Nothing may be remembered about a frame that is skipped. */
  private Verdict skip(byte tag) {
    known(tag);
    forgetLookup();
    if (tag == QUERY) {
      simple.forget();
    } else if (tag == PARSE) {
      extended.forgetDecision();
    }
    return Verdict.DROP;
  }

  /** Nothing of what was looked up for the frame in hand may be left for the next one. */
  void forgetLookup() {
    if (shardRouting != null) {
      shardRouting.lookup().forget();
    }
  }

  /** The client does not want to wait for what is looked up. */
  void cancelLookup() {
    if (shardRouting != null) {
      shardRouting.lookup().cancel();
    }
  }

  /** The first message after the loss of a transaction learns of it. */
  private Verdict failLost(PgError error, byte tag, int length) {
    forgetLookup();
    switch (tag) {
      case QUERY, FUNCTION_CALL -> {
        return simple.fail(error);
      }
      case PARSE, BIND, DESCRIBE, EXECUTE, CLOSE -> {
        failBatch(error);
        return skip(tag);
      }
      case SYNC -> {
        session.write(error);
        return onSync(length);
      }
      default -> {
        session.transaction().lose(error);
        return tag == TERMINATE ? onTerminate() : skip(tag);
      }
    }
  }

  private static void known(byte tag) {
    if (!org.pglynx.proxy.wire.FrontendTag.AFTER_LOGIN.has(tag)) {
      throw unknown(tag);
    }
  }

  private static ProtocolException unknown(byte tag) {
    // Postgres' own words (tcop/postgres.c).
    return new ProtocolException("invalid frontend message type " + (tag & 0xff));
  }

  private Verdict onExtended(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (routing != null && !extended.unsynced() && !extended.begins(routing, buffer, offset)) {
      return Verdict.HOLD;
    }
    try {
      return switch (tag) {
        case PARSE -> extended.onParse(buffer, offset, available, length);
        case BIND -> extended.onBind(buffer, offset, available, length);
        case DESCRIBE -> extended.onDescribe(buffer, offset, length);
        case EXECUTE -> extended.onExecute(buffer, offset, length);
        default -> extended.onClose(buffer, offset, length);
      };
    } catch (MalformedMessageException e) {
      return extended.refuse(malformed(e.getMessage()));
    }
  }

  private static PgError malformed(@Nullable String why) {
    return PgError.error(SqlState.PROTOCOL_VIOLATION, String.valueOf(why));
  }

  private Verdict onFlush(int length) {
    if (session.upstream() != null) {
      return Verdict.FORWARD;
    }
    if (length > FrameScanner.HEADER) {
      failBatch(malformed(INVALID_FORMAT));
    }
    return Verdict.DROP;
  }

  private Verdict onSync(int length) {
    if (shardRouting != null && !shardRouting.several().syncs()) {
      return Verdict.HOLD;
    }
    skipping = false;
    if (shardRouting != null) {
      shardRouting.lookup().over();
    }
    Upstream server = session.upstream();
    if (server == null) {
      if (length > FrameScanner.HEADER) {
        session.write(malformed(INVALID_FORMAT));
      }
      session.writeReady();
      extended.transactionEnded();
      return Verdict.DROP;
    }
    outcomeOpen |= begin.awaitsProof();
    extended.synced();
    session.sends();
    server.expect(SYNC);
    return Verdict.FORWARD;
  }

  private Verdict onCopyEnd(byte tag) {
    // Postgres ignores these outside of a COPY; one that fails leaves some under way.
    if (session.upstream() == null) {
      return Verdict.DROP;
    }
    expect(tag);
    return Verdict.FORWARD;
  }

  private Verdict onTerminate() {
    session.scanner().cut();
    session.terminated();
    return Verdict.STOP;
  }

  private void expect(byte tag) {
    Upstream server = session.upstream();
    if (server != null) {
      server.expect(tag);
    }
  }

  private void awaitOutcome() {
    outcomeOpen = true;
  }

  /** An error in the extended protocol: all up to Sync is skipped, as Postgres does. */
  private void failBatch(PgError error) {
    session.speaks();
    session.write(error);
    session.failTransaction(true);
    skipping = true;
  }

  /**
   * The transaction is gone with a server that was lent: it has failed until the client ends it.
   */
  void transactionLost() {
    begin.serverLost(true);
  }

  /**
   * The server is lost: every request that waits for an answer gets the error.
   *
   * @param lostSyncs how many ReadyForQuery the client waits for
   * @param transactionLost whether a transaction was open
   * @param told whether the client has an error for the open batch already
   */
  void serverLost(PgError error, int lostSyncs, boolean transactionLost, boolean told) {
    begin.serverLost(transactionLost);
    for (int i = 0; i < lostSyncs; i++) {
      session.write(error);
      session.writeReady();
    }
    boolean batchLost = extended.unsynced() && !skipping;
    if (batchLost && told) {
      skipping = true;
    } else if (session.localAnswer().underWay() && (batchLost || transactionLost)) {
      session.transaction().lose(error);
    } else if (batchLost) {
      session.write(error);
      skipping = true;
    } else if (lostSyncs == 0 && transactionLost) {
      // The client is about to send the next statement of a transaction that is gone.
      session.transaction().lose(error);
    }
    outcomeOpen = false;
    extended.serverReleased();
  }
}
