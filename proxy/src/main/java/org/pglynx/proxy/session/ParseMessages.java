package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.PARSE;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/**
 * Parse: what becomes a statement of the client's, and what is sent for it. The unnamed one goes as
 * it is; a named one, with transaction pooling, under the pool's name; a text that names other
 * statements, with their names on the server; what an interceptor takes over, rewritten or not at
 * all.
 */
final class ParseMessages {
  /** The longest text that is looked at, and that a named statement may have. */
  static final int MAX_PARSE = 16 << 20;

  private final Session session;
  private final boolean renames;
  private final boolean watchesRole;
  private final @Nullable ParseDecider decider;
  private final StatementRegistry registry;
  private final ClientStatements statements;
  private final ExtendedBatch batch;
  private final LocalQueries local;

  ParseMessages(
      Session session,
      SessionProfile profile,
      @Nullable QueryInterceptor interceptor,
      ClientStatements statements,
      ExtendedBatch batch,
      LocalQueries local) {
    this.session = session;
    this.renames = !profile.sessionPooling();
    this.watchesRole = profile.watchesRole();
    this.decider = ParseDecider.of(interceptor);
    this.registry = profile.statements();
    this.statements = statements;
    this.batch = batch;
    this.local = local;
  }

  /** How much of the message must be there. */
  static int wanted(int length) {
    return length <= MAX_PARSE ? length : FrameScanner.HEADER + NameField.LONGEST;
  }

  /** Forgets what has been decided about the message in hand. */
  void forgetDecision() {
    ParseDecider asked = decider;
    if (asked != null) {
      asked.forget();
    }
  }

  Verdict onParse(ByteBuf buffer, int offset, int available, int length) {
    int name = offset + FrameScanner.HEADER;
    int nameLength = NameField.length(buffer, name, offset + available);
    ParseDecider asked = decider;
    Decision decision =
        asked == null
            ? Decision.PASS
            : available < length
                ? asked.unread()
                : asked.decide(buffer, name + nameLength + 1, offset + length);
    return switch (decision) {
      case Decision.Pass pass -> usedUp(parse(buffer, offset, nameLength, available, length));
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

  private Verdict refuse(PgError error) {
    return usedUp(
        batch.refuse(StatementErrors.refusal(error, session.status(), "exec_parse_message")));
  }

  private Verdict heldOrRefused() {
    return usedUp(batch.heldOrRefused());
  }

  /** A message that is held is not asked about again. */
  private Verdict usedUp(Verdict verdict) {
    if (verdict != Verdict.HOLD) {
      forgetDecision();
    }
    return verdict;
  }

  // ---- statements of the proxy's own ---------------------------------------------------------

  private Verdict define(ByteBuf buffer, int name, int nameLength, ClientStatement statement) {
    if (nameLength > 0 && statements.find(buffer, name, nameLength) != null) {
      return batch.fail(statements.exists(buffer, name, nameLength));
    }
    statements.put(buffer, name, nameLength, statement);
    local.parseComplete();
    return Verdict.DROP;
  }

  private Verdict parseRewritten(
      ByteBuf buffer, int name, int nameLength, Decision.Rewrite rewrite) {
    if (nameLength > 0 && statements.find(buffer, name, nameLength) != null) {
      return refuse(statements.exists(buffer, name, nameLength));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    ParseDecider asked = decider;
    byte[] definition = asked == null ? new byte[0] : asked.definition(rewrite.sql());
    forgetDecision();
    if (nameLength > 0 && renames) {
      prepareRewritten(buffer, name, nameLength, definition, rewrite);
      return Verdict.DROP;
    }
    statements.put(buffer, name, nameLength, new ClientStatement.Rewritten(null, rewrite.rows()));
    if (nameLength == 0) {
      statements.unnamedParsed(definition, SessionEffects.NONE, SqlNames.NONE);
    }
    session.scanner().cut();
    batch.relayRewritten(PARSE, rewrite.rows(), null);
    sendParse(buffer, name, nameLength, definition);
    return Verdict.DROP;
  }

  private void prepareRewritten(
      ByteBuf buffer, int name, int nameLength, byte[] definition, Decision.Rewrite rewrite) {
    ServerStatement statement = registry.statement(definition);
    Upstream server = batch.server();
    session.scanner().cut();
    batch.begins();
    if (statements.parsesRewritten(
        buffer,
        name,
        nameLength,
        statement,
        new ClientStatement.Rewritten(statement, rewrite.rows()),
        server)) {
      ByteBuf out = buffer.alloc().buffer(32 + definition.length);
      int mark = FrameWriter.begin(out, PARSE);
      out.writeBytes(statement.name()).writeByte(0).writeBytes(statement.definition());
      FrameWriter.finish(out, mark);
      server.send(out);
    }
  }

  // ---- statements of the server --------------------------------------------------------------

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
    return nameLength == 0 || !renames
        ? parseAsItIs(buffer, name, nameLength, available >= length, length, effects)
        : parseNamed(buffer, name, nameLength, available >= length, length, effects);
  }

  private Verdict parseAsItIs(
      ByteBuf buffer, int name, int nameLength, boolean whole, int length, int effects) {
    ClientStatement before = statements.find(buffer, name, nameLength);
    if (nameLength > 0 && before != null) {
      return refuse(statements.exists(buffer, name, nameLength));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    if (before != null) {
      statements.remove(buffer, name, 0);
    }
    if (nameLength == 0) {
      statements.unnamedParsed(
          buffer, name + 1, definitionLength(length, 0), renames && whole, effects);
    }
    return batch.relay(PARSE);
  }

  private Verdict parseNamed(
      ByteBuf buffer, int name, int nameLength, boolean whole, int length, int effects) {
    if (statements.taken(buffer, name, nameLength)) {
      return refuse(statements.exists(buffer, name, nameLength));
    }
    if (statements.full()) {
      return refuse(statements.tooMany());
    }
    if (!whole) {
      return refuse(SimpleQueries.tooLong("the text of a named statement", MAX_PARSE));
    }
    if (!session.attach()) {
      return heldOrRefused();
    }
    byte[] definition = new byte[definitionLength(length, nameLength)];
    buffer.getBytes(name + nameLength + 1, definition);
    prepare(buffer, name, nameLength, definition, effects, SqlNames.NONE);
    return Verdict.DROP;
  }

  /** A Parse whose text names other statements, sent with the server's names of these. */
  private Verdict parseNames(ByteBuf buffer, int offset, int nameLength, int length, int effects) {
    int name = offset + FrameScanner.HEADER;
    if (!session.lease().quiet()) {
      return Verdict.HOLD;
    }
    if (nameLength > 0 && statements.taken(buffer, name, nameLength)) {
      return refuse(statements.exists(buffer, name, nameLength));
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
      names = statements.namesIn(text);
    } catch (SqlNames.RefusedException e) {
      return refuse(e.error());
    }
    session.state().prepares();
    byte[] definition = new byte[names.text().length + offset + length - zero];
    System.arraycopy(names.text(), 0, definition, 0, names.text().length);
    buffer.getBytes(zero, definition, names.text().length, offset + length - zero);
    int all = effects | names.effects();
    if (nameLength > 0) {
      prepare(buffer, name, nameLength, definition, all, names);
      return Verdict.DROP;
    }
    statements.remove(buffer, name, 0);
    statements.unnamedParsed(definition, all, names);
    session.scanner().cut();
    batch.relay(PARSE);
    sendParse(buffer, name, 0, definition);
    return Verdict.DROP;
  }

  /** Sends the client's Parse of a named statement, under a name of the pool's. */
  private void prepare(
      ByteBuf buffer, int name, int nameLength, byte[] definition, int effects, SqlNames names) {
    // Read first: a name given meanwhile is taken for older than it is, not for newer.
    int generation = registry.generation();
    ServerStatement fresh = registry.fresh(definition);
    session.scanner().cut();
    batch.begins();
    statements.parses(
        buffer,
        name,
        nameLength,
        new ClientStatement.OnServer(fresh, generation, effects, names),
        batch.server());
  }

  private void sendParse(ByteBuf buffer, int name, int nameLength, byte[] definition) {
    ByteBuf out = buffer.alloc().buffer(32 + nameLength + definition.length);
    int mark = FrameWriter.begin(out, PARSE);
    out.writeBytes(buffer, name, nameLength).writeByte(0).writeBytes(definition);
    FrameWriter.finish(out, mark);
    batch.server().send(out);
  }

  /** Bytes of text and types in a Parse of this length. */
  private static int definitionLength(int length, int nameLength) {
    return length - FrameScanner.HEADER - nameLength - 1;
  }

  /** What the text of the Parse in hand leaves in its session. */
  private int effects(ByteBuf buffer, int text, int available, int offset, int length) {
    if (!renames && !watchesRole) {
      return SessionEffects.NONE;
    }
    if (available < length) {
      session.state().roleUnseen();
      return renames ? SessionEffects.UNCLEAR : SessionEffects.NONE;
    }
    int zero = buffer.indexOf(text, offset + length, (byte) 0);
    if (zero >= 0 && renames) {
      return session.state().judge(buffer, text, zero - text);
    }
    if (zero >= 0) {
      session.state().watchRole(buffer, text, zero - text);
    }
    return SessionEffects.NONE;
  }
}
