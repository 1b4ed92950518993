package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/**
 * Bind and Describe of a client's statement, on whatever server there is: what the server lacks is
 * prepared ahead of the message, in the same write, and the message is sent with the name that the
 * statement has there.
 */
final class StatementUse {
  private static final int MAX_BIND_KEPT = 16 << 20;

  private final Session session;
  private final ClientStatements statements;
  private final ExtendedBatch batch;
  private final LocalQueries local;
  private final SequenceUse sequences;
  private final ColumnCheck columns = new ColumnCheck();
  private ClientStatement.@Nullable OnServer bound;
  private SqlNames boundNames = SqlNames.NONE;
  private boolean outcomeMatters;

  StatementUse(
      Session session,
      SessionProfile profile,
      ClientStatements statements,
      ExtendedBatch batch,
      LocalQueries local) {
    this.session = session;
    this.statements = statements;
    this.batch = batch;
    this.local = local;
    this.sequences = new SequenceUse(session, profile);
  }

  /** How much of a Bind must be there. */
  int wantedOfBind(int length) {
    return statements.anyOwn() && length <= MAX_BIND_KEPT
        ? length
        : FrameScanner.HEADER + NameField.LONGEST;
  }

  /** The batch, or its server, is gone. */
  void reset() {
    columns.reset();
  }

  /** The client asks for the columns of the portal that was bound last, and may count on them. */
  void describesBound() {
    ClientStatement.OnServer statement = bound;
    if (statement != null) {
      statement.describes();
    }
  }

  /** A table has changed under the statement that was bound last. */
  void planOutdated() {
    ClientStatement.OnServer outdated = bound;
    if (outdated != null) {
      statements.planOutdated(outdated);
    }
  }

  /** What has been bound is about to be executed. */
  void executes() {
    if (outcomeMatters) {
      outcomeMatters = false;
      statements.runsNames(boundNames);
      batch.awaitOutcome();
    }
  }

  // ---- Bind ----------------------------------------------------------------------------------

  Verdict onBind(ByteBuf buffer, int offset, int available, int length) {
    int portal = offset + FrameScanner.HEADER;
    int portalLength = NameField.length(buffer, portal, offset + available);
    int name = portal + portalLength + 1;
    int nameLength = NameField.length(buffer, name, offset + available);
    if (nameLength > 0 && !statements.settled()) {
      return Verdict.HOLD;
    }
    ClientStatement statement = statements.current(buffer, name, nameLength);
    if (statement instanceof ClientStatement.Local own) {
      return local.bind(own.statement(), buffer, offset, available, length);
    }
    if (statements.missing(statement, nameLength) && !statements.ofSql(buffer, name, nameLength)) {
      return batch.refuse(ClientStatements.unknown(buffer, name, nameLength, false));
    }
    int effects = statements.effects(statement, nameLength);
    Verdict elsewhere = checkSequences(effects);
    if (elsewhere != null) {
      return elsewhere;
    }
    if (!session.attach()) {
      return batch.heldOrRefused();
    }
    Spread splitting = session.lease().splitting();
    if (splitting != null) {
      return bindParts(splitting, buffer, offset, length, effects);
    }
    LocalPortal.@Nullable Rewritten transformed = null;
    if (statement instanceof ClientStatement.Rewritten rewritten) {
      if (available < length) {
        return batch.refuse(
            SimpleQueries.tooLong("a Bind of a predicting statement", MAX_BIND_KEPT));
      }
      transformed = local.bindRewritten(rewritten.rewrite(), buffer, offset, length);
    } else {
      local.forgetPortal(buffer, portal, portalLength);
    }
    boundNames = statements.names(statement, nameLength);
    prepareUsed(boundNames);
    bound = null;
    if (statement instanceof ClientStatement.OnServer shared) {
      bound = shared;
      Verdict waits = shared.described() ? checkColumns(shared, false) : null;
      if (waits != null) {
        return waits;
      }
    }
    ServerStatement known = ClientStatement.onServer(statement);
    if (transformed != null && transformed.serverFormats().length > 0) {
      return bindOther(known, transformed, buffer, offset, length);
    }
    if (known != null) {
      session.scanner().cut();
      batch.server().ensurePrepared(known);
      sendBindHead(buffer, portal, portalLength, nameLength, length, known);
      session.scanner().replaceHead(name + nameLength + 1 - offset);
    } else if (nameLength == 0) {
      useUnnamed();
    }
    if (effects != SessionEffects.NONE) {
      outcomeMatters |= session.state().runs(effects);
    }
    return batch.relay(BIND);
  }

  /** A Bind of which each shard gets a part. */
  private Verdict bindParts(Spread splitting, ByteBuf buffer, int offset, int length, int effects) {
    BindReader bind = new BindReader(buffer, offset, length);
    byte[] portal = new byte[bind.portalLength()];
    buffer.getBytes(bind.portal(), portal);
    local.forgetPortal(buffer, bind.portal(), bind.portalLength());
    session.scanner().cut();
    bound = null;
    boundNames = SqlNames.NONE;
    splitting.sendBinds(portal, bind.arguments());
    // The servers' unnamed statement is a part of it now.
    statements.unnamed().elsewhere();
    batch.begins();
    if (effects != SessionEffects.NONE) {
      outcomeMatters |= session.state().runs(effects);
    }
    return Verdict.DROP;
  }

  /** What becomes of the Bind if it asks for what only another server may know; else null. */
  private @Nullable Verdict checkSequences(int effects) {
    if (!sequences.concerns(effects) || batch.executed()) {
      return null;
    }
    if (!sequences.known()) {
      return Verdict.HOLD;
    }
    PgError elsewhere = sequences.refusal();
    return elsewhere == null ? null : batch.refuse(elsewhere);
  }

  /** A Bind that asks the server for other formats than the client does. */
  private Verdict bindOther(
      @Nullable ServerStatement known,
      LocalPortal.Rewritten bound,
      ByteBuf buffer,
      int offset,
      int length) {
    int portal = offset + FrameScanner.HEADER;
    int name = portal + NameField.length(buffer, portal, offset + length) + 1;
    int nameLength = NameField.length(buffer, name, offset + length);
    if (known != null) {
      session.scanner().cut();
      batch.server().ensurePrepared(known);
    } else if (nameLength == 0) {
      useUnnamed();
    }
    session.scanner().cut();
    Verdict verdict = batch.relay(BIND);
    short[] formats = bound.serverFormats();
    int wanted = Short.BYTES * (bound.arguments().resultFormats().length + 1);
    int values = name + nameLength + 1;
    ByteBuf out = buffer.alloc().buffer(length + 64 + Short.BYTES * formats.length);
    int mark = FrameWriter.begin(out, BIND);
    out.writeBytes(buffer, portal, name - portal);
    if (known == null) {
      out.writeBytes(buffer, name, nameLength);
    } else {
      out.writeBytes(known.name());
    }
    out.writeByte(0).writeBytes(buffer, values, offset + length - wanted - values);
    out.writeShort(formats.length);
    for (short format : formats) {
      out.writeShort(format);
    }
    FrameWriter.finish(out, mark);
    batch.server().send(out);
    return verdict == Verdict.FORWARD ? Verdict.DROP : verdict;
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
    batch.server().send(head);
  }

  // ---- Describe ------------------------------------------------------------------------------

  Verdict onDescribe(ByteBuf buffer, int name, int nameLength) {
    if (nameLength > 0 && !statements.settled()) {
      return Verdict.HOLD;
    }
    ClientStatement statement = statements.current(buffer, name, nameLength);
    if (statement instanceof ClientStatement.Local own) {
      return local.describeStatement(own.statement());
    }
    if (statements.missing(statement, nameLength) && !statements.ofSql(buffer, name, nameLength)) {
      return batch.refuse(ClientStatements.unknown(buffer, name, nameLength, true));
    }
    if (!session.attach()) {
      return batch.heldOrRefused();
    }
    prepareUsed(statements.names(statement, nameLength));
    if (statement instanceof ClientStatement.OnServer shared) {
      Verdict waits = checkColumns(shared, true);
      if (waits != null) {
        return waits;
      }
      shared.describes();
    }
    ServerStatement known = ClientStatement.onServer(statement);
    if (known != null) {
      session.scanner().cut();
      batch.server().ensurePrepared(known);
    } else if (nameLength == 0) {
      useUnnamed();
    }
    RowRewrite rewrite =
        statement instanceof ClientStatement.Rewritten rewritten ? rewritten.rewrite() : null;
    Verdict verdict =
        rewrite == null ? batch.relay(DESCRIBE) : batch.relayRewritten(DESCRIBE, rewrite, null);
    if (known == null) {
      return verdict;
    }
    sendDescribe(buffer, known);
    return Verdict.DROP;
  }

  private void sendDescribe(ByteBuf buffer, ServerStatement statement) {
    ByteBuf out = buffer.alloc().buffer(16 + statement.name().length);
    int mark = FrameWriter.begin(out, DESCRIBE);
    out.writeByte('S').writeBytes(statement.name()).writeByte(0);
    FrameWriter.finish(out, mark);
    batch.server().send(out);
  }

  // ---- both ----------------------------------------------------------------------------------

  private void prepareUsed(SqlNames names) {
    if (names.changes()) {
      session.scanner().cut();
      names.used().forEach(batch.server()::ensurePrepared);
    }
  }

  /**
   * What is before the use goes on with it in one piece, unless the proxy sends something of its
   * own in between: a cut makes a slice and two writes of each batch (bench/allocation).
   */
  private void useUnnamed() {
    if (statements.unnamed().lacking() || severalServers()) {
      session.scanner().cut();
    }
    statements.unnamed().use(batch.server());
  }

  /**
   * Of several shards each may be sent something of the proxy's own ahead of the use, such as the
   * BEGIN of a transaction that spans them: what is before it must be with them by then.
   */
  private boolean severalServers() {
    return session.shards() != null;
  }

  /** What becomes of the message if the client's columns do not hold, or not yet; else null. */
  private @Nullable Verdict checkColumns(ClientStatement.OnServer statement, boolean describes) {
    if (!severalServers() && batch.server().verified(statement.statement())) {
      columns.reset();
      return null;
    }
    session.scanner().cut();
    return switch (columns.of(statement, batch.server())) {
      case HOLDS -> null;
      case ASKED -> {
        batch.begins();
        session.lease().quiet();
        yield Verdict.HOLD;
      }
      case CHANGED -> {
        if (describes) {
          local.parametersOf(statement.statement());
        }
        yield batch.refuse(ColumnCheck.OUTDATED);
      }
    };
  }
}
