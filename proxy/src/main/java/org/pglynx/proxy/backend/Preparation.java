package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * Keeps one server connection's prepared statements and the shared ones of its pool together: what
 * a client prepares again is not sent, what a Bind needs is sent ahead of it, what is too much is
 * closed.
 */
final class Preparation {
  private final StatementCache statements;
  private final ReplyTracker tracker;
  private final Supplier<ByteBufAllocator> allocator;
  private final Consumer<ByteBuf> sender;

  Preparation(
      StatementCache statements,
      ReplyTracker tracker,
      Supplier<ByteBufAllocator> allocator,
      Consumer<ByteBuf> sender) {
    this.statements = statements;
    this.tracker = tracker;
    this.allocator = allocator;
    this.sender = sender;
  }

  /** See {@link org.pglynx.proxy.relay.Upstream#expectParse}. */
  boolean expectParse(ServerStatement statement, Runnable undo) {
    if (tracker.skipping()) {
      undo.run();
      return false;
    }
    if (statements.uses(statement)) {
      tracker.expectParse(Expected.FAKE_PARSE, statement, undo);
      return false;
    }
    remember(statement);
    tracker.expectParse(Expected.NAMED_PARSE, statement, undo);
    return true;
  }

  /** See {@link org.pglynx.proxy.relay.Upstream#ensurePrepared}. */
  void ensurePrepared(ServerStatement statement) {
    if (statements.uses(statement) || tracker.skipping()) {
      return;
    }
    remember(statement);
    ByteBuf out = allocator.get().buffer(32 + statement.definition().length);
    ServerFrames.parse(out, statement);
    tracker.expectParse(Expected.INJECTED_PARSE, statement, () -> {});
    sender.accept(out);
  }

  /** See {@link org.pglynx.proxy.relay.Upstream#ensurePreparedForQuery}. */
  void ensurePreparedForQuery(Iterable<ServerStatement> wanted) {
    boolean sent = false;
    for (ServerStatement statement : wanted) {
      if (!statements.uses(statement)) {
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

  /** See {@link org.pglynx.proxy.relay.Upstream#parseUnnamed}. */
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
    ServerStatement evicted = statements.add(statement);
    if (evicted != null) {
      ByteBuf out = allocator.get().buffer(16 + evicted.name().length);
      ServerFrames.close(out, evicted);
      tracker.expectInjectedClose(evicted);
      sender.accept(out);
    }
  }
}
