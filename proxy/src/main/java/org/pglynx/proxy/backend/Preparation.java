package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * Keeps one server connection's prepared statements and the shared ones of its pool together: what
 * a Bind needs is sent ahead of it, what is too much is closed. The server describes what is
 * parsed, and so tells which statements may be shared, and which return something else than before.
 */
final class Preparation {
  private final StatementCache statements;
  private final ReplyTracker tracker;
  private final Supplier<ByteBufAllocator> allocator;
  private final Consumer<ByteBuf> sender;
  private final Runnable prepared;
  private final OwnBegin begin;
  private long hits;
  private long misses;
  private long evictions;

  /** Known to the server, and of no more use; closed ahead of the next thing that is prepared. */
  private final ArrayDeque<ServerStatement> surplus = new ArrayDeque<>(4);

  Preparation(
      StatementCache statements,
      ReplyTracker tracker,
      Supplier<ByteBufAllocator> allocator,
      Consumer<ByteBuf> sender,
      Runnable prepared) {
    this.statements = statements;
    this.tracker = tracker;
    this.allocator = allocator;
    this.sender = sender;
    this.prepared = prepared;
    this.begin = new OwnBegin(tracker, allocator, sender);
  }

  /** What the connection was asked for. */
  ServerWork.Prepared asked() {
    return new ServerWork.Prepared(hits, misses, evictions);
  }

  /** See {@link Upstream#expectParse}. */
  boolean expectParse(ServerStatement statement, RowRewrite rewrite, Runnable undo) {
    if (tracker.skipping()) {
      undo.run();
      return false;
    }
    if (statements.uses(statement)) {
      hits++;
      tracker.expectParse(Expected.FAKE_PARSE, statement, undo);
      return false;
    }
    remember(statement);
    tracker.expectParse(Expected.NAMED_PARSE, statement, undo, rewrite);
    return true;
  }

  /** See {@link Upstream#parse}. */
  void parse(ServerStatement statement, Upstream.Parsing parsing) {
    if (tracker.skipping()) {
      parsing.failed();
      return;
    }
    remember(statement);
    // It cannot but be what its client is about to be told.
    statements.verify(statement);
    tracker.expectParse(Expected.NAMED_PARSE, statement, parsing::failed);
    sendParse(statement, shape -> parsed(statement, parsing.described(shape)));
  }

  private void parsed(ServerStatement statement, ServerStatement shared) {
    if (!shared.equals(statement)) {
      dismiss(statement);
    }
  }

  /** See {@link Upstream#ensurePrepared}. */
  void ensurePrepared(ServerStatement statement) {
    if (statements.uses(statement)) {
      hits++;
      return;
    }
    if (tracker.skipping()) {
      return;
    }
    remember(statement);
    tracker.expectParse(Expected.INJECTED_PARSE, statement, () -> {});
    sendParse(statement, shape -> described(statement, shape));
  }

  private void described(ServerStatement statement, StatementShape shape) {
    if (statement.agrees(shape)) {
      statements.verify(statement);
    } else {
      dismiss(statement);
    }
  }

  private void sendParse(ServerStatement statement, Consumer<StatementShape> described) {
    ByteBuf out = allocator.get().buffer(64 + statement.definition().length);
    ServerFrames.parse(out, statement);
    ServerFrames.describe(out, statement);
    tracker.expectDescription(described);
    sender.accept(out);
  }

  /** Not closed at once: what is on its way to the server may begin a COPY. */
  private void dismiss(ServerStatement statement) {
    statements.remove(statement);
    surplus.add(statement);
  }

  /** See {@link Upstream#verify}. */
  void verify(ServerStatement statement) {
    if (!statements.uses(statement)) {
      ensurePrepared(statement);
    } else if (!tracker.skipping()) {
      ByteBuf out = allocator.get().buffer(16 + statement.name().length);
      ServerFrames.describe(out, statement);
      tracker.expectDescription(shape -> described(statement, shape));
      sender.accept(out);
    }
  }

  /** See {@link Upstream#verified}. */
  boolean verified(ServerStatement statement) {
    return statements.verified(statement);
  }

  /** The server knows no statement any more. */
  void forgetAll() {
    statements.clear();
    surplus.clear();
    begin.forget();
  }

  /** See {@link Upstream#begin}. */
  void begin(byte[] definition) {
    begin.send(definition, statements.size() > 0);
  }

  /** See {@link Upstream#ensurePreparedForQuery}. */
  void ensurePreparedForQuery(Iterable<ServerStatement> wanted) {
    boolean sent = false;
    for (ServerStatement statement : wanted) {
      if (statements.uses(statement)) {
        hits++;
      } else {
        ensurePrepared(statement);
        sent = true;
      }
    }
    if (sent) {
      // If the Parse failed, the server would skip the Query.
      ByteBuf out = allocator.get().buffer(8);
      FrameWriter.empty(out, FrontendTag.SYNC);
      tracker.expectInjectedSync();
      sender.accept(out);
    }
  }

  /** See {@link Upstream#parseUnnamed}. */
  void parseUnnamed(byte[] definition, Runnable undo) {
    if (tracker.skipping()) {
      undo.run();
      return;
    }
    ServerStatement statement = new ServerStatement(new byte[0], definition);
    ByteBuf out = allocator.get().buffer(16 + definition.length);
    ServerFrames.parse(out, statement);
    tracker.expectParse(Expected.INJECTED_PARSE, statement, undo);
    sender.accept(out);
  }

  private void remember(ServerStatement statement) {
    closeSurplus();
    misses++;
    prepared.run();
    ServerStatement evicted = statements.add(statement);
    if (evicted != null) {
      evictions++;
      close(evicted);
    }
  }

  private void closeSurplus() {
    for (ServerStatement gone = surplus.poll(); gone != null; gone = surplus.poll()) {
      close(gone);
    }
  }

  private void close(ServerStatement gone) {
    ByteBuf out = allocator.get().buffer(16 + gone.name().length);
    ServerFrames.close(out, gone);
    tracker.expectInjectedClose(gone);
    sender.accept(out);
  }
}
