package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.route.RoutePlan;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.WireText;

/**
 * The statements that a client has prepared, by the protocol or by SQL: what its names mean, and
 * what the unnamed one is. Postgres has one table for both; with transaction pooling it is kept
 * here, as the next server may know none of them.
 */
final class ClientStatements {
  private final Session session;
  private final StatementRegistry registry;
  private final boolean renames;
  private final NameTable<ClientStatement> named = new NameTable<>();
  private final UnnamedStatement unnamed = new UnnamedStatement();
  private final NameDoubts doubts = new NameDoubts();
  private final ArrayDeque<SqlNames.Deallocated> deallocating = new ArrayDeque<>(0);
  private SqlNames unnamedNames = SqlNames.NONE;
  private boolean anyOwn;

  ClientStatements(Session session, SessionProfile profile) {
    this.session = session;
    this.registry = profile.statements();
    this.renames = !profile.sessionPooling();
  }

  // ---- names ---------------------------------------------------------------------------------

  /** How many names there are. */
  int size() {
    return named.size();
  }

  @Nullable ClientStatement find(ByteBuf buffer, int name, int nameLength) {
    return named.find(buffer, name, nameLength);
  }

  void put(ByteBuf buffer, int name, int nameLength, ClientStatement statement) {
    anyOwn |= !(statement instanceof ClientStatement.OnServer);
    named.put(buffer, name, nameLength, statement);
  }

  @Nullable ClientStatement remove(ByteBuf buffer, int name, int nameLength) {
    return named.remove(buffer, name, nameLength);
  }

  /** A Parse of the name is sent, whose outcome is not known. */
  void parses(
      ByteBuf buffer,
      int name,
      int nameLength,
      ClientStatement.OnServer statement,
      Upstream server) {
    put(buffer, name, nameLength, statement);
    server.parse(statement.statement(), new SharedParse(registry, named, statement));
    doubts.defined();
  }

  /**
   * The same, of a text that is always sent under the pool's name.
   *
   * @return whether the Parse must be sent
   */
  boolean parsesRewritten(
      ByteBuf buffer,
      int name,
      int nameLength,
      ServerStatement statement,
      ClientStatement.Rewritten as,
      Upstream server) {
    put(buffer, name, nameLength, as);
    doubts.defined();
    return server.expectParse(statement, as.rewrite(), () -> named.removeValue(as));
  }

  /** The body of Parse after the name; null if no server has the statement under a name of ours. */
  byte @Nullable [] definition(ByteBuf buffer, int name, int nameLength) {
    ClientStatement found = named.find(buffer, name, nameLength);
    return switch (found) {
      case ClientStatement.OnServer known -> known.statement().definition();
      case ClientStatement.Rewritten rewritten -> null;
      case ClientStatement.Local own -> null;
      case null -> nameLength == 0 ? unnamed.definition() : null;
    };
  }

  /** Whether the client has ever had a statement that the proxy answers or rewrites. */
  boolean anyOwn() {
    return anyOwn;
  }

  /** Whether the client may have no more of them. */
  boolean full() {
    return named.size() >= registry.perClient();
  }

  /** Whether the client has a statement of the name, prepared by the protocol or by SQL. */
  boolean taken(ByteBuf buffer, int name, int nameLength) {
    return named.find(buffer, name, nameLength) != null || ofSql(buffer, name, nameLength);
  }

  /** Whether the client has prepared a statement of the name by SQL. */
  boolean ofSql(ByteBuf buffer, int name, int nameLength) {
    return session.state().hasStatements()
        && session.state().hasStatement(WireText.decode(buffer, name, nameLength));
  }

  /**
   * The client's statement of the name. One whose plan may be outdated gets another name on the
   * server, so that it is prepared anew; but not if the client counts on its columns.
   */
  @Nullable ClientStatement current(ByteBuf buffer, int name, int nameLength) {
    ClientStatement found = named.find(buffer, name, nameLength);
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
    named.put(buffer, name, nameLength, renewed);
    return renewed;
  }

  /** A table has changed under the statement. */
  void planOutdated(ClientStatement.OnServer statement) {
    registry.renew(statement.generation());
  }

  /** What takes a Close back that the server, had it got it, would have skipped after an error. */
  Runnable reopening(
      ByteBuf buffer, int name, int nameLength, @Nullable ClientStatement statement) {
    if (statement == null) {
      return () -> {};
    }
    byte[] key = new byte[nameLength];
    buffer.getBytes(name, key);
    return () -> named.put(Unpooled.wrappedBuffer(key), 0, key.length, statement);
  }

  // ---- what is known of one ------------------------------------------------------------------

  /** Whether the server in use, or about to be, cannot know the statement. */
  boolean missing(@Nullable ClientStatement statement, int nameLength) {
    if (nameLength == 0) {
      // A server that stays knows it itself.
      return renames && !unnamed.exists();
    }
    return renames && statement == null;
  }

  /** The other statements that its text names. */
  SqlNames names(@Nullable ClientStatement statement, int nameLength) {
    if (statement instanceof ClientStatement.OnServer known) {
      return known.names();
    }
    return nameLength == 0 ? unnamedNames : SqlNames.NONE;
  }

  /** What the statement of the name does; null if it is not known by its text. */
  @Nullable RoutePlan plan(ByteBuf buffer, int name, int nameLength, Routing routing) {
    if (nameLength == 0) {
      byte[] definition = unnamed.definition();
      return definition == null ? null : routing.plan(definition);
    }
    return named.find(buffer, name, nameLength) instanceof ClientStatement.OnServer known
        ? known.plan(routing)
        : null;
  }

  /** What it leaves in its session. */
  int effects(@Nullable ClientStatement statement, int nameLength) {
    if (nameLength == 0) {
      return unnamed.effects();
    }
    return statement instanceof ClientStatement.OnServer known
        ? known.effects()
        : SessionEffects.NONE;
  }

  // ---- doubts --------------------------------------------------------------------------------

  /** Whether it is known what the names mean; else their use waits. */
  boolean settled() {
    if (doubts.none()) {
      return true;
    }
    if (!session.settled()) {
      return false;
    }
    doubts.resolved();
    return true;
  }

  /** The batch ends. */
  void synced() {
    doubts.synced();
  }

  /** Everything up to the last Sync is answered. */
  void answered() {
    doubts.resolved();
  }

  // ---- the unnamed one -----------------------------------------------------------------------

  UnnamedStatement unnamed() {
    return unnamed;
  }

  /** A Parse of it is sent; see {@link UnnamedStatement#parsed}. */
  void unnamedParsed(ByteBuf buffer, int from, int size, boolean whole, int effects) {
    unnamedNames = SqlNames.NONE;
    unnamed.parsed(buffer, from, size, whole, effects);
  }

  /** A Parse of it is sent, with a text that the proxy has made. */
  void unnamedParsed(byte[] definition, int effects, SqlNames names) {
    unnamedNames = names;
    unnamed.parsed(definition, effects);
  }

  // ---- names in SQL --------------------------------------------------------------------------

  /** The statement names in a text of SQL that has just been judged. */
  SqlNames namesIn(byte[] text) throws SqlNames.RefusedException {
    return SqlNames.of(text, session.state().names(text), named);
  }

  /** A text with the names is sent. */
  void runsNames(SqlNames names) {
    deallocating.clear();
    deallocating.addAll(names.deallocated());
  }

  /** The server has run the next DEALLOCATE of the text in hand. */
  void deallocated(@Nullable Upstream server) {
    SqlNames.Deallocated gone = deallocating.poll();
    if (gone == null || gone.statement() == null) {
      return;
    }
    byte[] name = WireText.encode(gone.name());
    named.remove(Unpooled.wrappedBuffer(name), 0, name.length);
    if (server != null) {
      server.deallocated(gone.statement());
    }
  }

  /** The server has run DEALLOCATE ALL or DISCARD ALL. */
  void deallocatedAll() {
    named.clear();
  }

  // ---- errors --------------------------------------------------------------------------------

  /** A failed transaction is told before a name that is taken, as Postgres does. */
  PgError exists(ByteBuf buffer, int name, int nameLength) {
    return session.status() == 'E'
        ? StatementErrors.aborted("exec_parse_message")
        : StatementErrors.exists(WireText.decode(buffer, name, nameLength));
  }

  /**
   * There is none of the name.
   *
   * @param describes whether Describe has asked, which words it differently
   */
  static PgError unknown(ByteBuf buffer, int name, int nameLength, boolean describes) {
    return nameLength == 0
        ? StatementErrors.unnamedDoesNotExist(describes)
        : StatementErrors.doesNotExist(WireText.decode(buffer, name, nameLength));
  }

  /** There are as many as there may be. */
  PgError tooMany() {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "more than " + registry.perClient() + " prepared statements of one client")
        .withHint("Close statements that are no longer needed, or use DEALLOCATE ALL.");
  }
}
