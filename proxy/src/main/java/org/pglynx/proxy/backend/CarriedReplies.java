package org.pglynx.proxy.backend;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;

/**
 * What expected replies carry besides their entry in the {@link ReplyRing}, in its order: the
 * statement that a Parse or Close is of, how rows are rewritten, who is told a description; and
 * what is taken back when a reply does not come.
 */
final class CarriedReplies {
  private record PendingParse(
      ServerStatement statement, Runnable undo, @Nullable RowRewrite rewrite) {}

  /**
   * How replies are rewritten.
   *
   * @param rows null where only the description is
   */
  record Rewriting(RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {}

  private final ReplyActions actions;
  private final ArrayDeque<PendingParse> parses = new ArrayDeque<>(4);
  private final ArrayDeque<Runnable> closes = new ArrayDeque<>(4);
  private final ArrayDeque<Runnable> undone = new ArrayDeque<>(4);
  private final ArrayDeque<Rewriting> rewritings = new ArrayDeque<>(4);
  private final Descriptions descriptions = new Descriptions();

  CarriedReplies(ReplyActions actions) {
    this.actions = actions;
  }

  // ---- announced -----------------------------------------------------------------------------

  /** Of a Parse that is sent or faked, or of a Close of our own. */
  void parse(ServerStatement statement, Runnable undo) {
    parse(statement, undo, null);
  }

  /** Of a Parse whose text has been rewritten. */
  void parse(ServerStatement statement, Runnable undo, @Nullable RowRewrite rewrite) {
    parses.add(new PendingParse(statement, undo, rewrite));
  }

  /** Of a Close that is faked. */
  void close(Runnable undo) {
    closes.add(undo);
  }

  /** Of what is rewritten. */
  void rewriting(RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    rewritings.add(new Rewriting(rewrite, rows));
  }

  // ---- answered ------------------------------------------------------------------------------

  /** Of our own Describe messages. */
  Descriptions descriptions() {
    return descriptions;
  }

  /** How the reply in hand is rewritten. */
  Rewriting rewriting() {
    return rewritings.element();
  }

  /** How the text of the oldest Parse was rewritten, or null. */
  @Nullable RowRewrite parseRewrite() {
    PendingParse oldest = parses.peek();
    return oldest == null ? null : oldest.rewrite();
  }

  /** The oldest rewritten reply is over. */
  void rewritten() {
    rewritings.remove();
  }

  /** The oldest Parse, or Close of our own, has worked. */
  void parsed() {
    parses.poll();
  }

  /** The oldest faked Close has been answered. */
  void closed() {
    closes.remove();
  }

  // ---- not answered --------------------------------------------------------------------------

  /** The reply to the entry will not come; {@link #undo} follows. */
  void drop(byte entry) {
    switch (entry) {
      case Expected.NAMED_PARSE, Expected.INJECTED_PARSE -> {
        PendingParse parse = parses.remove();
        actions.forget(parse.statement());
        undone.push(parse.undo());
      }
      case Expected.FAKE_PARSE -> undone.push(parses.remove().undo());
      case Expected.INJECTED_CLOSE -> actions.restore(parses.remove().statement());
      case Expected.FAKE_CLOSE -> undone.push(closes.remove());
      case Expected.INJECTED_DESCRIBE -> descriptions.skipped();
      case Expected.DESCRIBE_REWRITTEN,
          Expected.EXECUTE_REWRITTEN,
          Expected.QUERY_REWRITTEN,
          Expected.PARSE_REWRITTEN ->
          rewritings.remove();
      default -> {
        // Nothing is kept for the other entries.
      }
    }
  }

  /** The last change first, or a name closed and parsed again would get the wrong meaning. */
  void undo() {
    while (!undone.isEmpty()) {
      undone.pop().run();
    }
  }
}
