package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * The extended protocol: Parse, Bind, Describe, Execute and Close.
 *
 * <p>With transaction pooling a client's statement names are replaced by the pool's own, because
 * the next transaction may run on a connection that does not know them. {@link ParseMessages} and
 * {@link StatementUse} see to that; here is what concerns portals and the end of names.
 */
final class ExtendedQueries {
  private static final int MAX_NAME_MESSAGE = 10_000;

  private final Session session;
  private final boolean renames;
  private final boolean plain;
  private final ClientStatements statements;
  private final ExtendedBatch batch;
  private final LocalQueries local;
  private final ParseMessages parse;
  private final StatementUse use;

  ExtendedQueries(
      Session session,
      SessionProfile profile,
      @Nullable QueryInterceptor interceptor,
      Consumer<PgError> failBatch,
      Runnable awaitOutcome) {
    this.session = session;
    this.renames = !profile.sessionPooling();
    this.plain = profile.sessionPooling() && interceptor == null;
    this.statements = new ClientStatements(session, profile);
    this.batch = new ExtendedBatch(session, failBatch, awaitOutcome);
    this.local = new LocalQueries(session, failBatch);
    this.parse = new ParseMessages(session, profile, interceptor, statements, batch, local);
    this.use = new StatementUse(session, profile, statements, batch, local);
  }

  // ---- facts and events ----------------------------------------------------------------------

  /** Whether the server has frames of a batch that the client has not ended with Sync. */
  boolean unsynced() {
    return batch.unsynced();
  }

  /** How many statements the client has prepared by name. */
  int names() {
    return statements.size();
  }

  /** Whether a statement of the batch has been executed. */
  boolean executed() {
    return batch.executed();
  }

  /** Whether only the server in use knows what the unnamed statement is. */
  boolean unnamedNeedsServer() {
    return statements.unnamed().needsServer();
  }

  /** Sync is sent. */
  void synced() {
    batch.ends();
    use.reset();
    statements.synced();
  }

  /** Everything up to the last Sync is answered. */
  void answered() {
    statements.answered();
  }

  /** Portals end with their transaction, unless the next batch has begun to make new ones. */
  void transactionEnded() {
    if (!batch.unsynced()) {
      local.closePortals();
    }
  }

  /** The session has given its server back, or has lost it. */
  void serverReleased() {
    batch.ends();
    use.reset();
    statements.unnamed().elsewhere();
    local.closePortals();
  }

  /** The server is in its own skipping state: what the proxy ran amid the client's batch failed. */
  void serverSkips() {
    statements.unnamed().failed();
  }

  /** The proxy has used the server for a Query of its own. */
  void unnamedElsewhere() {
    statements.unnamed().elsewhere();
  }

  /** The client has no prepared statement any more. */
  void deallocatedAll() {
    statements.deallocatedAll();
  }

  /** The statement names in a text of SQL that has just been judged. */
  SqlNames names(byte[] text) throws SqlNames.RefusedException {
    return statements.namesIn(text);
  }

  /** The body of Parse after the name; null if no server has the statement under a name of ours. */
  byte @Nullable [] definition(ByteBuf buffer, int name, int nameLength) {
    return statements.definition(buffer, name, nameLength);
  }

  /** A text with the names is sent. */
  void runsNames(SqlNames names) {
    statements.runsNames(names);
  }

  /** The server has run the next DEALLOCATE of the text in hand. */
  void deallocated() {
    statements.deallocated(session.upstream());
  }

  /** A Query is sent: it ends the batch, and the server forgets the unnamed statement. */
  void querySent() {
    batch.ends();
    unnamedGone();
  }

  /** The server has no unnamed statement any more: its Parse has failed, or it was closed. */
  void unnamedGone() {
    statements.unnamed().gone();
  }

  /** A table has changed under the statement that was bound last. */
  void planOutdated() {
    use.planOutdated();
  }

  /** Forgets what has been decided about the Parse in hand. */
  void forgetDecision() {
    parse.forgetDecision();
  }

  /** Answers the message in hand with an error, after the replies to all before it. */
  Verdict refuse(PgError error) {
    Verdict verdict = batch.refuse(error);
    if (verdict != Verdict.HOLD) {
      parse.forgetDecision();
    }
    return verdict;
  }

  /** The session ends. */
  void ended() {
    local.closePortals();
  }

  int wanted(byte tag, int length) {
    if (plain) {
      // Whether a Parse has a name is counted.
      return tag == PARSE ? Math.min(length, FrameScanner.HEADER + 1) : 0;
    }
    return switch (tag) {
      case PARSE -> ParseMessages.wanted(length);
      case BIND -> use.wantedOfBind(length);
      default -> shortMessage(length);
    };
  }

  private static int shortMessage(int length) {
    if (length > MAX_NAME_MESSAGE) {
      throw new ProtocolException("a name of " + length + " bytes is too long");
    }
    return length;
  }

  /** A batch begins with the frame; see {@link Routing#beforeBatch}. */
  boolean begins(Routing routing, ByteBuf buffer, int offset) {
    return routing.beforeBatch(buffer, offset, statements);
  }

  // ---- statements ----------------------------------------------------------------------------

  Verdict onParse(ByteBuf buffer, int offset, int available, int length) {
    Verdict verdict = plain ? batch.relay(PARSE) : parse.onParse(buffer, offset, available, length);
    boolean named =
        available > FrameScanner.HEADER && buffer.getByte(offset + FrameScanner.HEADER) != 0;
    if (verdict != Verdict.HOLD && named) {
      session.activity().pool().clientParse();
    }
    return verdict;
  }

  Verdict onBind(ByteBuf buffer, int offset, int available, int length) {
    Verdict verdict = plain ? batch.relay(BIND) : use.onBind(buffer, offset, available, length);
    if (verdict != Verdict.HOLD) {
      session.activity().pool().bind();
    }
    return verdict;
  }

  Verdict onDescribe(ByteBuf buffer, int offset, int length) {
    if (plain) {
      return batch.relay(DESCRIBE);
    }
    int name = offset + FrameScanner.HEADER + 1;
    int nameLength = NameField.length(buffer, name, offset + length);
    if (buffer.getByte(name - 1) != 'S') {
      return describePortal(buffer, name, nameLength);
    }
    NameField.requireEnd(name + nameLength + 1, offset + length);
    return use.onDescribe(buffer, name, nameLength);
  }

  private Verdict describePortal(ByteBuf buffer, int name, int nameLength) {
    return switch (local.portal(buffer, name, nameLength)) {
      case LocalPortal.Answered own -> local.describePortal(own);
      case LocalPortal.Rewritten rewritten ->
          session.attach()
              ? batch.relayRewritten(DESCRIBE, rewritten.rewrite(), null)
              : batch.heldOrRefused();
      case null -> describeBound();
    };
  }

  /** Drivers that describe a portal once take its columns for those of the statement. */
  private Verdict describeBound() {
    use.describesBound();
    return session.attach() ? batch.relay(DESCRIBE) : batch.heldOrRefused();
  }

  // ---- Execute -------------------------------------------------------------------------------

  Verdict onExecute(ByteBuf buffer, int offset, int length) {
    if (!plain && local.any()) {
      int name = offset + FrameScanner.HEADER;
      int nameLength = NameField.length(buffer, name, offset + length - 4);
      switch (local.portal(buffer, name, nameLength)) {
        case LocalPortal.Answered own -> {
          int limit = buffer.getInt(name + nameLength + 1);
          return executeOwn(own, limit, endsBatch(buffer, offset + length));
        }
        case LocalPortal.Rewritten rewritten -> {
          return executeRewritten(rewritten, buffer, name, nameLength);
        }
        case null -> {
          // A portal of the server.
        }
      }
    }
    if (!session.attach()) {
      return batch.heldOrRefused();
    }
    session.queries();
    use.executes();
    batch.executes();
    return batch.relay(EXECUTE);
  }

  private Verdict executeOwn(LocalPortal.Answered portal, int limit, boolean endsBatch) {
    if (portal.statement() instanceof ListenInterceptor.Statement && !endsBatch) {
      // What comes behind it may fail, and then it must not have worked either.
      if (!session.attach()) {
        return batch.heldOrRefused();
      }
      batch.begins();
    }
    return local.execute(portal, limit);
  }

  private static boolean endsBatch(ByteBuf buffer, int next) {
    return buffer.writerIndex() > next && buffer.getByte(next) == FrontendTag.SYNC;
  }

  private Verdict executeRewritten(
      LocalPortal.Rewritten portal, ByteBuf buffer, int name, int nameLength) {
    RowRewrite.RowTransform transform = local.open(portal);
    if (transform == null) {
      return local.openFailed() ? Verdict.DROP : Verdict.HOLD;
    }
    int limit = buffer.getInt(name + nameLength + 1);
    if (transform.suspended()) {
      return local.fetch(transform, limit);
    }
    session.queries();
    if (!transform.collects() || limit <= 0) {
      return batch.relayRewritten(EXECUTE, portal.rewrite(), transform);
    }
    transform.limit(limit);
    session.scanner().cut();
    batch.relayRewritten(EXECUTE, portal.rewrite(), transform);
    ByteBuf out = session.client().allocator().buffer(16 + nameLength);
    int mark = FrameWriter.begin(out, EXECUTE);
    out.writeBytes(buffer, name, nameLength).writeByte(0).writeInt(0);
    FrameWriter.finish(out, mark);
    batch.server().send(out);
    return Verdict.DROP;
  }

  // ---- Close ---------------------------------------------------------------------------------

  Verdict onClose(ByteBuf buffer, int offset, int length) {
    if (plain) {
      return batch.relay(CLOSE);
    }
    int name = offset + FrameScanner.HEADER + 1;
    int nameLength = NameField.length(buffer, name, offset + length);
    if (buffer.getByte(name - 1) != 'S') {
      return closePortal(buffer, name, nameLength);
    }
    NameField.requireEnd(name + nameLength + 1, offset + length);
    ClientStatement statement = statements.remove(buffer, name, nameLength);
    if (nameLength == 0) {
      unnamedGone();
    }
    boolean sql = statement == null && statements.ofSql(buffer, name, nameLength);
    if (sql) {
      session.state().runs(SessionEffects.DEALLOCATE);
    }
    boolean serversOwn =
        statement == null ? sql || !renames || nameLength == 0 : theServersOwn(statement);
    if (serversOwn && session.upstream() != null) {
      return batch.relay(CLOSE);
    }
    Upstream server = session.upstream();
    if (server == null) {
      local.closeComplete();
    } else {
      server.expectFakedClose(statements.reopening(buffer, name, nameLength, statement));
    }
    return Verdict.DROP;
  }

  private static boolean theServersOwn(ClientStatement statement) {
    return statement instanceof ClientStatement.Rewritten rewritten
        && rewritten.statement() == null;
  }

  private Verdict closePortal(ByteBuf buffer, int name, int nameLength) {
    if (local.portal(buffer, name, nameLength) instanceof LocalPortal.Answered) {
      if (!session.settled()) {
        return Verdict.HOLD;
      }
      local.forgetPortal(buffer, name, nameLength);
      local.closeComplete();
      return Verdict.DROP;
    }
    local.forgetPortal(buffer, name, nameLength);
    return session.attach() ? batch.relay(CLOSE) : batch.heldOrRefused();
  }
}
