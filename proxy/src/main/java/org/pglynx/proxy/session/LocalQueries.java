package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Portals that are not simply the server's, and the replies that the proxy itself gives in the
 * extended protocol. Each such reply waits until the client has all earlier ones.
 */
final class LocalQueries {
  private final Session session;
  private final Consumer<PgError> failBatch;
  private final NameTable<LocalPortal> portals = new NameTable<>();
  private final List<LocalPortal> open = new ArrayList<>();
  private LocalPortal.@Nullable Rewritten opening;
  private RowRewrite.@Nullable RowTransform opened;
  private boolean starting;
  private @Nullable PgError openError;
  private boolean openFailed;

  LocalQueries(Session session, Consumer<PgError> failBatch) {
    this.session = session;
    this.failBatch = failBatch;
  }

  boolean any() {
    return !portals.isEmpty();
  }

  @Nullable LocalPortal portal(ByteBuf buffer, int name, int nameLength) {
    return portals.isEmpty() ? null : portals.find(buffer, name, nameLength);
  }

  void forgetPortal(ByteBuf buffer, int name, int nameLength) {
    if (portals.isEmpty()) {
      return;
    }
    LocalPortal gone = portals.remove(buffer, name, nameLength);
    if (gone != null) {
      gone.close();
      open.remove(gone);
    }
  }

  void closePortals() {
    if (!portals.isEmpty()) {
      open.forEach(LocalPortal::close);
      open.clear();
      portals.clear();
    }
  }

  private void put(ByteBuf buffer, int name, int nameLength, LocalPortal portal) {
    forgetPortal(buffer, name, nameLength);
    portals.put(buffer, name, nameLength, portal);
    open.add(portal);
  }

  // ---- replies -------------------------------------------------------------------------------

  void parseComplete() {
    empty(BackendTag.PARSE_COMPLETE);
  }

  void closeComplete() {
    empty(BackendTag.CLOSE_COMPLETE);
  }

  /** ParameterDescription, which the server sends before it looks at the columns. */
  void parametersOf(ServerStatement statement) {
    StatementShape shape = statement.shape();
    if (shape == null) {
      return;
    }
    ByteBuf out = session.client().allocator().buffer(16 + shape.parameters().length);
    int mark = FrameWriter.begin(out, BackendTag.PARAMETER_DESCRIPTION);
    out.writeBytes(shape.parameters());
    FrameWriter.finish(out, mark);
    write(out);
  }

  /** What a server has said before it is with the client by then. */
  private void write(ByteBuf out) {
    session.speaks();
    session.client().write(out);
  }

  private void empty(byte tag) {
    ByteBuf out = session.client().allocator().buffer(5);
    FrameWriter.empty(out, tag);
    write(out);
  }

  // ---- frames --------------------------------------------------------------------------------

  /** Bind of a statement that the proxy answers. */
  Verdict bind(LocalStatement statement, ByteBuf buffer, int offset, int available, int length) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    if (available < length) {
      return fail(SimpleQueries.tooLong("a Bind that the proxy answers", available));
    }
    BindReader bind = new BindReader(buffer, offset, length);
    int wanted = statement.parameterTypes().length;
    if (bind.arguments().count() != wanted) {
      return fail(
          PgError.error(
              SqlState.PROTOCOL_VIOLATION,
              "bind message supplies "
                  + bind.arguments().count()
                  + " parameters, but prepared statement requires "
                  + wanted));
    }
    Arguments given = bind.arguments().encoded(session.clientParameters().encoding().utf8());
    LocalPortal portal = new LocalPortal.Answered(statement, given);
    put(buffer, bind.portal(), bind.portalLength(), portal);
    empty(BackendTag.BIND_COMPLETE);
    return Verdict.DROP;
  }

  /** Bind of a statement of the server whose rows are transformed. */
  LocalPortal.Rewritten bindRewritten(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    BindReader bind = new BindReader(buffer, offset, length);
    Arguments given = bind.arguments().encoded(session.clientParameters().encoding().utf8());
    LocalPortal.Rewritten portal = LocalPortal.Rewritten.of(rewrite, given);
    put(buffer, bind.portal(), bind.portalLength(), portal);
    return portal;
  }

  Verdict describeStatement(LocalStatement statement) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    ByteBuf out = session.client().allocator().buffer(256);
    FrameWriter.parameterDescription(out, statement.parameterTypes());
    describe(out, statement.columns(), Arguments.NONE.resultFormats());
    return Verdict.DROP;
  }

  Verdict describePortal(LocalPortal.Answered portal) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    ByteBuf out = session.client().allocator().buffer(256);
    describe(out, portal.statement().columns(), portal.arguments().resultFormats());
    return Verdict.DROP;
  }

  private void describe(ByteBuf out, List<Column> columns, short[] formats) {
    if (columns.isEmpty()) {
      FrameWriter.empty(out, BackendTag.NO_DATA);
    } else {
      FrameWriter.rowDescription(out, columns, formats);
    }
    write(out);
  }

  private Verdict fail(PgError error) {
    failBatch.accept(error);
    return Verdict.DROP;
  }

  /** Execute of a statement that the proxy answers. */
  Verdict execute(LocalPortal.Answered portal, int limit) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    if (session.status() == 'E' && !portal.statement().runsInFailed()) {
      return fail(LocalExecution.ABORTED);
    }
    if (portal.suspended()) {
      sendKept(portal, limit);
      return Verdict.DROP;
    }
    if (portal.hasRun()) {
      return again(portal);
    }
    session.activity().counts().localQuery();
    LocalExecution execution =
        limit > 0
            ? new CollectingExecution(session, portal, limit)
            : new LocalExecution(
                session,
                portal.statement().columns(),
                portal.arguments(),
                new ExtendedEnd(portal),
                false);
    session.speaks();
    execution.start(portal.statement());
    return Verdict.DROP;
  }

  /** All its rows are sent. What gives no rows cannot be run again (pquery.c). */
  private Verdict again(LocalPortal.Answered portal) {
    if (portal.statement().columns().isEmpty()) {
      return fail(
          PgError.error(
                  SqlState.NOT_IN_PREREQUISITE_STATE, "the portal has run and cannot be run again")
              .withHint("Bind the statement anew."));
    }
    portal.ran(portal.tag());
    commandComplete(portal.tag());
    return Verdict.DROP;
  }

  private void sendKept(LocalPortal.Answered portal, int limit) {
    write(portal.next(limit > 0 ? limit : Integer.MAX_VALUE));
    if (portal.suspended()) {
      empty(BackendTag.PORTAL_SUSPENDED);
    } else {
      commandComplete(portal.tag());
    }
  }

  private void commandComplete(String tag) {
    ByteBuf out = session.client().allocator().buffer(64);
    FrameWriter.string(out, BackendTag.COMMAND_COMPLETE, tag);
    write(out);
  }

  private final class ExtendedEnd implements LocalExecution.End {
    private final LocalPortal.Answered portal;

    ExtendedEnd(LocalPortal.Answered portal) {
      this.portal = portal;
    }

    @Override
    public void complete(String tag) {
      portal.ran(tag);
      commandComplete(tag);
    }

    @Override
    public void failed(PgError error) {
      failBatch.accept(error);
    }
  }

  /** An execution with a row limit: the result is kept and handed out in pieces. */
  private final class CollectingExecution extends LocalExecution {
    private final CompositeByteBuf collected;

    CollectingExecution(Session session, LocalPortal.Answered portal, int limit) {
      this(session, portal, limit, session.client().allocator().compositeBuffer(1024));
    }

    private CollectingExecution(
        Session session, LocalPortal.Answered portal, int limit, CompositeByteBuf collected) {
      super(
          session,
          portal.statement().columns(),
          portal.arguments(),
          new LocalExecution.End() {
            @Override
            public void complete(String tag) {
              if (collected.isReadable()) {
                portal.keep(collected, tag);
                sendKept(portal, limit);
              } else {
                collected.release();
                portal.ran(tag);
                commandComplete(tag);
              }
            }

            @Override
            public void failed(PgError error) {
              collected.release();
              failBatch.accept(error);
            }

            @Override
            public void dropped() {
              collected.release();
            }
          },
          false);
      this.collected = collected;
    }

    @Override
    void write(ByteBuf frames) {
      collected.addComponent(true, frames);
    }
  }

  // ---- rewritten portals ---------------------------------------------------------------------

  /** The transform for an execution of the portal; null while it is being prepared, or failed. */
  RowRewrite.@Nullable RowTransform open(LocalPortal.Rewritten portal) {
    openFailed = false;
    if (portal.transform() != null) {
      return portal.transform();
    }
    if (!session.settled()) {
      return null;
    }
    if (opening != portal || opened == null && openError == null) {
      opening = portal;
      opened = null;
      openError = null;
      starting = true;
      new Opening(session)
          .start(portal.rewrite(), portal.arguments(), (made, why) -> opened(portal, made, why));
      starting = false;
    }
    RowRewrite.RowTransform transform = opened;
    PgError error = openError;
    opened = null;
    openError = null;
    if (error != null) {
      openFailed = true;
      failBatch.accept(error);
    } else if (transform != null) {
      portal.opens(transform);
    }
    return transform;
  }

  /** Execute of a portal whose rows have been collected, and left over by a limit. */
  Verdict fetch(RowRewrite.RowTransform rows, int limit) {
    if (!session.settled()) {
      return Verdict.HOLD;
    }
    if (session.status() == 'E') {
      return fail(LocalExecution.ABORTED);
    }
    ByteBuf out = session.client().allocator().buffer(1024);
    rows.fetch(limit, out);
    write(out);
    return Verdict.DROP;
  }

  /** An outcome that comes after its batch has been given up is nobody's. */
  private void opened(
      LocalPortal.Rewritten portal,
      RowRewrite.@Nullable RowTransform transform,
      @Nullable PgError error) {
    if (opening != portal) {
      return;
    }
    if (error != null && !starting) {
      // Told at once: if the server itself has failed the batch, Execute is not looked at again.
      opening = null;
      failBatch.accept(error);
      return;
    }
    opened = transform;
    openError = error;
  }

  /** Whether the last {@link #open} has failed, and the client has been told. */
  boolean openFailed() {
    return openFailed;
  }
}
