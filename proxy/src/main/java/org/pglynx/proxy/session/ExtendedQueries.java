package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.WireText;

/**
 * The extended protocol: Parse, Bind, Describe, Execute and Close.
 *
 * <p>With transaction pooling a client's statement names are replaced by the pool's own, because
 * the next transaction may run on a connection that does not know them; what the connection lacks
 * is prepared ahead of its use, in the same write. So is the {@link UnnamedStatement}.
 */
final class ExtendedQueries {
  private static final int MAX_PARSE = 16 << 20;
  private static final int MAX_BIND_KEPT = 16 << 20;
  private static final int MAX_NAMES = 1024;

  /** A client that never closes what it prepares must not fill the proxy's memory. */
  private static final int MAX_STATEMENTS = 100_000;

  private static final int MAX_NAME_MESSAGE = 10_000;

  private final Session session;
  private final boolean renames;
  private final boolean plain;
  private final @Nullable ParseDecider decider;
  private final StatementRegistry registry;
  private final Consumer<PgError> failBatch;
  private final Runnable awaitOutcome;
  private final NameTable<ClientStatement> statements = new NameTable<>();
  private final LocalQueries local;
  private final UnnamedStatement unnamed = new UnnamedStatement();
  private boolean keepsBinds;
  private final NameDoubts doubts = new NameDoubts();
  private boolean unsynced;
  private boolean outcomeMatters;
  private final ArrayDeque<SqlNames.Deallocated> deallocating = new ArrayDeque<>();
  private SqlNames unnamedNames = SqlNames.NONE;
  private ClientStatement.@Nullable OnServer bound;
  private final ColumnCheck columns = new ColumnCheck();
  private final SequenceUse sequences;
  private boolean executed;
  private SqlNames boundNames = SqlNames.NONE;

  ExtendedQueries(
      Session session,
      SessionProfile profile,
      @Nullable QueryInterceptor interceptor,
      Consumer<PgError> failBatch,
      Runnable awaitOutcome) {
    this.awaitOutcome = awaitOutcome;
    this.session = session;
    this.renames = !profile.sessionPooling();
    this.plain = profile.sessionPooling() && interceptor == null;
    this.decider = ParseDecider.of(interceptor);
    this.registry = profile.statements();
    this.failBatch = failBatch;
    this.local = new LocalQueries(session, failBatch);
    this.sequences = new SequenceUse(session, profile);
  }

  // ---- facts and events ----------------------------------------------------------------------

  boolean unsynced() {
    return unsynced;
  }

  /** Whether a statement of the batch has been executed. */
  boolean executed() {
    return executed;
  }

  /** Whether only the server in use knows what the unnamed statement is. */
  boolean unnamedNeedsServer() {
    return unnamed.needsServer();
  }

  void synced() {
    unsynced = false;
    executed = false;
    columns.reset();
    doubts.synced();
  }

  /** Everything up to the last Sync is answered. */
  void answered() {
    doubts.resolved();
  }

  /** Portals end with their transaction, unless the next batch has begun to make new ones. */
  void transactionEnded() {
    if (!unsynced) {
      local.closePortals();
    }
  }

  void serverReleased() {
    unsynced = false;
    executed = false;
    columns.reset();
    unnamed.elsewhere();
    local.closePortals();
  }

  void serverSkips() {
    unnamed.failed();
  }

  /** The proxy has used the server for a Query of its own. */
  void unnamedElsewhere() {
    unnamed.elsewhere();
  }

  void deallocatedAll() {
    statements.clear();
  }

  /** The statement names in a text of SQL that has just been judged. */
  SqlNames names(byte[] text) throws SqlNames.RefusedException {
    return SqlNames.of(text, session.state().names(), statements);
  }

  /** A text with the names is sent. */
  void runsNames(SqlNames names) {
    deallocating.clear();
    deallocating.addAll(names.deallocated());
  }

  /** The server has run the next DEALLOCATE of the text in hand. */
  void deallocated() {
    SqlNames.Deallocated gone = deallocating.poll();
    if (gone == null || gone.statement() == null) {
      return;
    }
    byte[] name = WireText.encode(gone.name());
    statements.remove(Unpooled.wrappedBuffer(name), 0, name.length);
    server().deallocated(gone.statement());
  }

  /** A Query is sent: it ends the batch, and the server forgets the unnamed statement. */
  void querySent() {
    unsynced = false;
    executed = false;
    unnamedGone();
  }

  /** The server has no unnamed statement any more. */
  void unnamedGone() {
    unnamed.gone();
  }

  void ended() {
    local.closePortals();
  }

  int wanted(byte tag, int length) {
    if (plain) {
      return 0;
    }
    return switch (tag) {
      case PARSE -> length <= MAX_PARSE ? length : FrameScanner.HEADER + MAX_NAMES;
      case BIND -> keepsBinds && length <= MAX_BIND_KEPT ? length : FrameScanner.HEADER + MAX_NAMES;
      default -> shortMessage(length);
    };
  }

  private static int shortMessage(int length) {
    if (length > MAX_NAME_MESSAGE) {
      throw new ProtocolException("a name of " + length + " bytes is too long");
    }
    return length;
  }

  // ---- Parse ---------------------------------------------------------------------------------

  Verdict onParse(ByteBuf buffer, int offset, int available, int length) {
    if (plain) {
      return relay(PARSE);
    }
    int name = offset + FrameScanner.HEADER;
    int nameLength = nameLength(buffer, name, offset + available);
    ParseDecider asked = decider;
    Decision decision =
        asked == null || available < length
            ? Decision.PASS
            : asked.decide(buffer, name + nameLength + 1, offset + length);
    return switch (decision) {
      case Decision.Pass pass -> parse(buffer, offset, nameLength, available, length);
      case Decision.Refuse refuse -> refuse(refuse.error());
      case Decision.Answer answer -> {
        if (!session.settled()) {
          yield Verdict.HOLD;
        }
        forgetDecision();
        yield define(buffer, name, nameLength, new ClientStatement.Local(answer.statement()));
      }
      case Decision.Rewrite rewrite -> parseRewritten(buffer, name, nameLength, rewrite);
    };
  }

  /** Forgets what has been decided about the Parse in hand. */
  void forgetDecision() {
    ParseDecider asked = decider;
    if (asked != null) {
      asked.forget();
    }
  }

  /** Answers the message in hand with an error, after the replies to all before it. */
  Verdict refuse(PgError error) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    forgetDecision();
    failBatch.accept(error);
    return Verdict.DROP;
  }

  private Verdict define(ByteBuf buffer, int name, int nameLength, ClientStatement statement) {
    if (nameLength > 0 && statements.find(buffer, name, nameLength) != null) {
      failBatch.accept(exists(buffer, name, nameLength));
      return Verdict.DROP;
    }
    keepsBinds = true;
    statements.put(buffer, name, nameLength, statement);
    local.parseComplete();
    return Verdict.DROP;
  }

  /** A failed transaction is told before a name that is taken, as Postgres does. */
  private PgError exists(ByteBuf buffer, int name, int nameLength) {
    return session.status() == 'E'
        ? StatementErrors.aborted("exec_parse_message")
        : StatementErrors.exists(text(buffer, name, nameLength));
  }

  private Verdict parse(ByteBuf buffer, int offset, int nameLength, int available, int length) {
    int name = offset + FrameScanner.HEADER;
    int effects = effects(buffer, name + nameLength + 1, available, offset, length);
    PgError forbidden = session.state().refusal(effects);
    if (forbidden != null) {
      return refuse(forbidden);
    }
    if (SessionEffects.any(effects, SqlNames.EFFECTS)) {
      return parseNames(buffer, offset, nameLength, length, effects);
    }
    if (nameLength == 0 || !renames) {
      ClientStatement before = statements.find(buffer, name, nameLength);
      if (nameLength > 0 && before != null) {
        return refuse(exists(buffer, name, nameLength));
      }
      if (!session.attach()) {
        return heldOrRefused();
      }
      if (before != null) {
        statements.remove(buffer, name, 0);
      }
      if (nameLength == 0) {
        unnamedNames = SqlNames.NONE;
        unnamed.parsed(
            buffer, name + 1, definitionLength(length, 0), renames && available >= length, effects);
      }
      return relay(PARSE);
    }
    if (taken(buffer, name, nameLength)) {
      return refuse(exists(buffer, name, nameLength));
    }
    if (statements.size() >= MAX_STATEMENTS) {
      return refuse(tooMany());
    }
    if (available < length) {
      return refuse(SimpleQueries.tooLong("the text of a named statement", MAX_PARSE));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    byte[] definition = new byte[definitionLength(length, nameLength)];
    buffer.getBytes(name + nameLength + 1, definition);
    // Read first: a name given meanwhile is taken for older than it is, not for newer.
    int generation = registry.generation();
    ServerStatement fresh = registry.fresh(definition);
    prepare(
        buffer,
        name,
        nameLength,
        new ClientStatement.OnServer(fresh, generation, effects, SqlNames.NONE));
    return Verdict.DROP;
  }

  /** Whether the client has a statement of the name, prepared by the protocol or by SQL. */
  private boolean taken(ByteBuf buffer, int name, int nameLength) {
    return statements.find(buffer, name, nameLength) != null || ofSql(buffer, name, nameLength);
  }

  private boolean ofSql(ByteBuf buffer, int name, int nameLength) {
    return session.state().hasStatements()
        && session.state().hasStatement(text(buffer, name, nameLength));
  }

  /** A Parse whose text names other statements, sent with the server's names of these. */
  private Verdict parseNames(ByteBuf buffer, int offset, int nameLength, int length, int effects) {
    int name = offset + FrameScanner.HEADER;
    if (!session.lease().quiet()) {
      return Verdict.HOLD;
    }
    if (nameLength > 0 && taken(buffer, name, nameLength)) {
      return refuse(exists(buffer, name, nameLength));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    int textStart = name + nameLength + 1;
    int zero = buffer.indexOf(textStart, offset + length, (byte) 0);
    byte[] text = new byte[zero - textStart];
    buffer.getBytes(textStart, text);
    SqlNames names;
    try {
      names = names(text);
    } catch (SqlNames.RefusedException e) {
      return refuse(e.error());
    }
    session.state().prepares();
    byte[] definition = new byte[names.text().length + offset + length - zero];
    System.arraycopy(names.text(), 0, definition, 0, names.text().length);
    buffer.getBytes(zero, definition, names.text().length, offset + length - zero);
    int all = effects | names.effects();
    if (nameLength > 0) {
      int generation = registry.generation();
      ServerStatement fresh = registry.fresh(definition);
      prepare(
          buffer, name, nameLength, new ClientStatement.OnServer(fresh, generation, all, names));
      return Verdict.DROP;
    }
    statements.remove(buffer, name, 0);
    unnamedNames = names;
    unnamed.parsed(definition, all);
    session.scanner().cut();
    relay(PARSE);
    sendParse(buffer, name, 0, definition);
    return Verdict.DROP;
  }

  private void sendParse(ByteBuf buffer, int name, int nameLength, byte[] definition) {
    ByteBuf out = buffer.alloc().buffer(32 + nameLength + definition.length);
    int mark = FrameWriter.begin(out, PARSE);
    out.writeBytes(buffer, name, nameLength).writeByte(0).writeBytes(definition);
    FrameWriter.finish(out, mark);
    server().send(out);
  }

  /** Bytes of text and types in a Parse of this length. */
  private static int definitionLength(int length, int nameLength) {
    return length - FrameScanner.HEADER - nameLength - 1;
  }

  /** What the text of the Parse in hand leaves in its session. */
  private int effects(ByteBuf buffer, int text, int available, int offset, int length) {
    if (!renames) {
      return SessionEffects.NONE;
    }
    if (available < length) {
      return SessionEffects.UNCLEAR;
    }
    int zero = buffer.indexOf(text, offset + length, (byte) 0);
    return zero < 0 ? SessionEffects.NONE : session.state().judge(buffer, text, zero - text);
  }

  /**
   * The client's statement of the name. One whose plan may be outdated gets another name on the
   * server, so that it is prepared anew; but not if the client counts on its columns.
   */
  private @Nullable ClientStatement current(ByteBuf buffer, int name, int nameLength) {
    ClientStatement found = statements.find(buffer, name, nameLength);
    if (!(found instanceof ClientStatement.OnServer old)
        || old.generation() == registry.generation()
        || old.described()) {
      return found;
    }
    int generation = registry.generation();
    ClientStatement renewed =
        new ClientStatement.OnServer(
            registry.statement(old.statement().definition()),
            generation,
            old.effects(),
            old.names());
    statements.put(buffer, name, nameLength, renewed);
    return renewed;
  }

  /** A table has changed under the statement that was bound last. */
  void planOutdated() {
    ClientStatement.OnServer outdated = bound;
    if (outdated != null) {
      registry.renew(outdated.generation());
    }
  }

  private static PgError tooMany() {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "more than " + MAX_STATEMENTS + " prepared statements of one client")
        .withHint("Close statements that are no longer needed, or use DEALLOCATE ALL.");
  }

  /** Sends the client's Parse. */
  private void prepare(
      ByteBuf buffer, int name, int nameLength, ClientStatement.OnServer statement) {
    session.scanner().cut();
    statements.put(buffer, name, nameLength, statement);
    unsynced = true;
    server().parse(statement.statement(), new SharedParse(registry, statements, statement));
    doubts.defined();
  }

  /** Prepares the pool's statement under the client's name. */
  private void prepare(
      ByteBuf buffer, int name, int nameLength, ServerStatement statement, ClientStatement as) {
    Upstream server = server();
    session.scanner().cut();
    statements.put(buffer, name, nameLength, as);
    unsynced = true;
    if (server.expectParse(statement, () -> statements.removeValue(as))) {
      ByteBuf out = buffer.alloc().buffer(32 + statement.definition().length);
      int mark = FrameWriter.begin(out, PARSE);
      out.writeBytes(statement.name()).writeByte(0).writeBytes(statement.definition());
      FrameWriter.finish(out, mark);
      server.send(out);
    }
    doubts.defined();
  }

  private Verdict parseRewritten(
      ByteBuf buffer, int name, int nameLength, Decision.Rewrite rewrite) {
    if (nameLength > 0 && statements.find(buffer, name, nameLength) != null) {
      return refuse(exists(buffer, name, nameLength));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    ParseDecider asked = decider;
    byte[] definition = asked == null ? new byte[0] : asked.definition(rewrite.sql());
    forgetDecision();
    keepsBinds = true;
    if (nameLength > 0 && renames) {
      ServerStatement statement = registry.statement(definition);
      prepare(
          buffer,
          name,
          nameLength,
          statement,
          new ClientStatement.Rewritten(statement, rewrite.rows()));
      return Verdict.DROP;
    }
    statements.put(buffer, name, nameLength, new ClientStatement.Rewritten(null, rewrite.rows()));
    if (nameLength == 0) {
      unnamedNames = SqlNames.NONE;
      unnamed.parsed(definition, SessionEffects.NONE);
    }
    session.scanner().cut();
    relay(PARSE);
    sendParse(buffer, name, nameLength, definition);
    return Verdict.DROP;
  }

  // ---- Bind ----------------------------------------------------------------------------------

  Verdict onBind(ByteBuf buffer, int offset, int available, int length) {
    if (plain) {
      return relay(BIND);
    }
    int portal = offset + FrameScanner.HEADER;
    int portalLength = nameLength(buffer, portal, offset + available);
    int name = portal + portalLength + 1;
    int nameLength = nameLength(buffer, name, offset + available);
    if (nameLength > 0 && !settledNames()) {
      return Verdict.HOLD;
    }
    ClientStatement statement = current(buffer, name, nameLength);
    if (statement instanceof ClientStatement.Local own) {
      return local.bind(own.statement(), buffer, offset, available, length);
    }
    if (missing(statement, nameLength) && !ofSql(buffer, name, nameLength)) {
      return refuse(unknown(buffer, name, nameLength, false));
    }
    if (sequences.concerns(effects(statement, nameLength)) && !executed) {
      if (!sequences.known()) {
        return Verdict.HOLD;
      }
      PgError elsewhere = sequences.refusal();
      if (elsewhere != null) {
        return refuse(elsewhere);
      }
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    if (statement instanceof ClientStatement.Rewritten rewritten) {
      if (available < length) {
        return refuse(SimpleQueries.tooLong("a Bind of a predicting statement", MAX_BIND_KEPT));
      }
      local.bindRewritten(rewritten.rewrite(), buffer, offset, length);
    } else {
      local.forgetPortal(buffer, portal, portalLength);
    }
    boundNames = names(statement, nameLength);
    prepareUsed(boundNames);
    bound = null;
    if (statement instanceof ClientStatement.OnServer shared) {
      bound = shared;
      Verdict waits = shared.described() ? checkColumns(shared, false) : null;
      if (waits != null) {
        return waits;
      }
    }
    ServerStatement known = onServer(statement);
    if (known != null) {
      session.scanner().cut();
      server().ensurePrepared(known);
      sendBindHead(buffer, portal, portalLength, nameLength, length, known);
      session.scanner().replaceHead(name + nameLength + 1 - offset);
    } else if (nameLength == 0) {
      useUnnamed();
    }
    binds(statement, nameLength);
    return relay(BIND);
  }

  /** What becomes of the message if the client's columns do not hold, or not yet; else null. */
  private @Nullable Verdict checkColumns(ClientStatement.OnServer statement, boolean describes) {
    session.scanner().cut();
    return switch (columns.of(statement, server())) {
      case HOLDS -> null;
      case ASKED -> {
        unsynced = true;
        session.lease().quiet();
        yield Verdict.HOLD;
      }
      case CHANGED -> {
        if (describes) {
          local.parametersOf(statement.statement());
        }
        yield refuse(ColumnCheck.OUTDATED);
      }
    };
  }

  private SqlNames names(@Nullable ClientStatement statement, int nameLength) {
    if (statement instanceof ClientStatement.OnServer known) {
      return known.names();
    }
    return nameLength == 0 ? unnamedNames : SqlNames.NONE;
  }

  private void prepareUsed(SqlNames names) {
    if (names.changes()) {
      session.scanner().cut();
      names.used().forEach(server()::ensurePrepared);
    }
  }

  private void useUnnamed() {
    session.scanner().cut();
    unnamed.use(server());
  }

  private void binds(@Nullable ClientStatement statement, int nameLength) {
    int effects = effects(statement, nameLength);
    if (effects != SessionEffects.NONE) {
      outcomeMatters |= session.state().runs(effects);
    }
  }

  private int effects(@Nullable ClientStatement statement, int nameLength) {
    if (nameLength == 0) {
      return unnamed.effects();
    }
    return statement instanceof ClientStatement.OnServer known
        ? known.effects()
        : SessionEffects.NONE;
  }

  private void sendBindHead(
      ByteBuf buffer,
      int portal,
      int portalLength,
      int nameLength,
      int length,
      ServerStatement statement) {
    byte[] name = statement.name();
    ByteBuf head = buffer.alloc().buffer(16 + portalLength + name.length);
    head.writeByte(BIND).writeInt(length - 1 - nameLength + name.length);
    head.writeBytes(buffer, portal, portalLength + 1).writeBytes(name).writeByte(0);
    server().send(head);
  }

  /** Whether the server in use, or about to be, cannot know the statement. */
  private boolean missing(@Nullable ClientStatement statement, int nameLength) {
    if (nameLength == 0) {
      // A server that stays knows it itself.
      return renames && !unnamed.exists();
    }
    return renames && statement == null;
  }

  private static PgError unknown(ByteBuf buffer, int name, int nameLength, boolean describes) {
    return nameLength == 0
        ? StatementErrors.unnamedDoesNotExist(describes)
        : StatementErrors.doesNotExist(text(buffer, name, nameLength));
  }

  private static @Nullable ServerStatement onServer(@Nullable ClientStatement statement) {
    return switch (statement) {
      case ClientStatement.OnServer known -> known.statement();
      case ClientStatement.Rewritten rewritten -> rewritten.statement();
      case ClientStatement.Local own -> null;
      case null -> null;
    };
  }

  /** Whether it is known what the names mean; else their use waits. */
  private boolean settledNames() {
    if (doubts.none()) {
      return true;
    }
    if (!session.settled()) {
      return false;
    }
    doubts.resolved();
    return true;
  }

  // ---- Describe ------------------------------------------------------------------------------

  Verdict onDescribe(ByteBuf buffer, int offset, int length) {
    if (plain) {
      return relay(DESCRIBE);
    }
    int name = offset + FrameScanner.HEADER + 1;
    int nameLength = nameLength(buffer, name, offset + length);
    if (buffer.getByte(name - 1) != 'S') {
      return describePortal(buffer, name, nameLength);
    }
    requireEnd(name + nameLength + 1, offset + length);
    if (nameLength > 0 && !settledNames()) {
      return Verdict.HOLD;
    }
    ClientStatement statement = current(buffer, name, nameLength);
    if (statement instanceof ClientStatement.Local own) {
      return local.describeStatement(own.statement());
    }
    if (missing(statement, nameLength) && !ofSql(buffer, name, nameLength)) {
      return refuse(unknown(buffer, name, nameLength, true));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    prepareUsed(names(statement, nameLength));
    if (statement instanceof ClientStatement.OnServer shared) {
      Verdict waits = checkColumns(shared, true);
      if (waits != null) {
        return waits;
      }
      shared.describes();
    }
    ServerStatement known = onServer(statement);
    if (known != null) {
      session.scanner().cut();
      server().ensurePrepared(known);
    } else if (nameLength == 0) {
      useUnnamed();
    }
    RowRewrite rewrite =
        statement instanceof ClientStatement.Rewritten rewritten ? rewritten.rewrite() : null;
    Verdict verdict = rewrite == null ? relay(DESCRIBE) : relayRewritten(DESCRIBE, rewrite, null);
    if (known == null) {
      return verdict;
    }
    ByteBuf out = buffer.alloc().buffer(16 + known.name().length);
    int mark = FrameWriter.begin(out, DESCRIBE);
    out.writeByte('S').writeBytes(known.name()).writeByte(0);
    FrameWriter.finish(out, mark);
    server().send(out);
    return Verdict.DROP;
  }

  private Verdict describePortal(ByteBuf buffer, int name, int nameLength) {
    return switch (local.portal(buffer, name, nameLength)) {
      case LocalPortal.Answered own -> local.describePortal(own);
      case LocalPortal.Rewritten rewritten ->
          session.attach() ? relayRewritten(DESCRIBE, rewritten.rewrite(), null) : heldOrRefused();
      case null -> describeBound();
    };
  }

  /** Drivers that describe a portal once take its columns for those of the statement. */
  private Verdict describeBound() {
    ClientStatement.OnServer statement = bound;
    if (statement != null) {
      statement.describes();
    }
    return session.attach() ? relay(DESCRIBE) : heldOrRefused();
  }

  // ---- Execute -------------------------------------------------------------------------------

  Verdict onExecute(ByteBuf buffer, int offset, int length) {
    if (!plain && local.any()) {
      int name = offset + FrameScanner.HEADER;
      int nameLength = nameLength(buffer, name, offset + length - 4);
      switch (local.portal(buffer, name, nameLength)) {
        case LocalPortal.Answered own -> {
          if (own.statement() instanceof ListenInterceptor.Statement
              && !endsBatch(buffer, offset + length)) {
            // What comes behind it may fail, and then it must not have worked either.
            if (!session.attach()) {
              return heldOrRefused();
            }
            unsynced = true;
          }
          return local.execute(own, buffer.getInt(name + nameLength + 1));
        }
        case LocalPortal.Rewritten rewritten -> {
          return executeRewritten(rewritten);
        }
        case null -> {
          // A portal of the server.
        }
      }
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    session.counts().query();
    session.poolCounters().query();
    if (outcomeMatters) {
      outcomeMatters = false;
      runsNames(boundNames);
      awaitOutcome.run();
    }
    executed = true;
    return relay(EXECUTE);
  }

  private static boolean endsBatch(ByteBuf buffer, int next) {
    return buffer.writerIndex() > next && buffer.getByte(next) == FrontendTag.SYNC;
  }

  private Verdict executeRewritten(LocalPortal.Rewritten portal) {
    RowRewrite.RowTransform transform = local.open(portal);
    if (transform == null) {
      return local.openFailed() ? Verdict.DROP : Verdict.HOLD;
    }
    session.counts().query();
    session.poolCounters().query();
    return relayRewritten(EXECUTE, portal.rewrite(), transform);
  }

  // ---- Close ---------------------------------------------------------------------------------

  Verdict onClose(ByteBuf buffer, int offset, int length) {
    if (plain) {
      return relay(CLOSE);
    }
    int name = offset + FrameScanner.HEADER + 1;
    int nameLength = nameLength(buffer, name, offset + length);
    if (buffer.getByte(name - 1) != 'S') {
      return closePortal(buffer, name, nameLength);
    }
    requireEnd(name + nameLength + 1, offset + length);
    ClientStatement statement = statements.remove(buffer, name, nameLength);
    if (nameLength == 0) {
      unnamedGone();
    }
    boolean sql = statement == null && ofSql(buffer, name, nameLength);
    if (sql) {
      session.state().runs(SessionEffects.DEALLOCATE);
    }
    boolean serversOwn =
        statement == null ? sql || !renames || nameLength == 0 : theServersOwn(statement);
    if (serversOwn && session.upstream() != null) {
      return relay(CLOSE);
    }
    Upstream server = session.upstream();
    if (server == null) {
      local.closeComplete();
    } else {
      server.expectFakedClose(reopening(buffer, name, nameLength, statement));
    }
    return Verdict.DROP;
  }

  /** What takes a Close back that the server, had it got it, would have skipped after an error. */
  private Runnable reopening(
      ByteBuf buffer, int name, int nameLength, @Nullable ClientStatement statement) {
    if (statement == null) {
      return () -> {};
    }
    byte[] key = new byte[nameLength];
    buffer.getBytes(name, key);
    return () -> statements.put(Unpooled.wrappedBuffer(key), 0, key.length, statement);
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
    return session.attach() ? relay(CLOSE) : heldOrRefused();
  }

  // ---- common --------------------------------------------------------------------------------

  private Verdict relay(byte tag) {
    if (!session.attach()) {
      return heldOrRefused();
    }
    unsynced = true;
    server().expect(tag);
    return Verdict.FORWARD;
  }

  private Verdict relayRewritten(
      byte tag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform transform) {
    unsynced = true;
    server().expectRewritten(tag, rewrite, transform);
    if (transform != null) {
      awaitOutcome.run();
    }
    return Verdict.FORWARD;
  }

  private Verdict heldOrRefused() {
    PgError refusal = session.takeRefusal();
    if (refusal == null) {
      return Verdict.HOLD;
    }
    forgetDecision();
    failBatch.accept(refusal);
    return Verdict.DROP;
  }

  private Upstream server() {
    Upstream server = session.upstream();
    if (server == null) {
      throw new IllegalStateException("no server is attached");
    }
    return server;
  }

  private static int nameLength(ByteBuf buffer, int from, int end) {
    int zero = from > end ? -1 : buffer.indexOf(from, end, (byte) 0);
    if (zero >= 0) {
      return zero - from;
    }
    if (from > end) {
      throw new MalformedMessageException("no data left in message");
    }
    throw new MalformedMessageException(
        end - from < MAX_NAMES / 2
            ? "invalid string in message"
            : "invalid string in message: a name is longer than " + MAX_NAMES + " bytes");
  }

  private static void requireEnd(int at, int end) {
    if (at != end) {
      throw new MalformedMessageException(FrontendFrames.INVALID_FORMAT);
    }
  }

  private static String text(ByteBuf buffer, int offset, int length) {
    return WireText.decode(buffer, offset, length);
  }
}
