package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Makes one stream of replies of several, which answer the same messages and so consist of the same
 * replies but for rows. What begins an answer goes on with the first that gives it, and the others'
 * are compared and dropped; rows go on as they come; what ends an answer waits for all.
 *
 * <pre>
 *   1 2 3 t T n   the first one's
 *   D             each one's, as it comes, or as the statement's MergePlan makes them
 *   C I s         when all are there: row counts are summed
 *   Z             when all are there: failed if one has failed
 *   E             the first one's; then nothing of anybody up to Z
 * </pre>
 */
final class ReplyMerger {
  private static final PgError DIFFERENT =
      PgError.error(
              SqlState.INTERNAL_ERROR, "the shards have not the same rows of a reference table")
          .withDetail("The statement has changed another number of rows on each.")
          .withHint("Compare the table on all shards, reached by SET SHARD TO n.");

  private final ScatterGather whole;

  /** Replies that have gone on since the last ReadyForQuery: the others must give the same. */
  private final List<ByteBuf> given = new ArrayList<>();

  private final Executions executions;
  private CommandCount count = CommandCount.NONE;
  private boolean failed;
  private boolean condemned;
  private byte status = 'I';

  ReplyMerger(ScatterGather whole) {
    this.whole = whole;
    this.executions = new Executions(whole.who()::aimed);
  }

  private List<ShardPart> parts() {
    return whole.who().active();
  }

  /** What is announced to the servers. */
  Executions executions() {
    return executions;
  }

  Verdict onReply(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (part.position().takePassed()) {
      return Verdict.DROP;
    }
    if (tag == BackendTag.READY) {
      return onReady(part, buffer.getByte(offset + FrameScanner.HEADER));
    }
    if (tag == BackendTag.PARAMETER_STATUS || tag == BackendTag.NOTIFICATION) {
      return part == parts().getFirst() ? Verdict.FORWARD : Verdict.DROP;
    }
    if (failed) {
      return onNobodys(part, tag);
    }
    return switch (tag) {
      case BackendTag.COPY_IN, BackendTag.COPY_DONE -> onCopy(part, tag, buffer, offset, length);
      case BackendTag.DATA_ROW, BackendTag.COPY_DATA -> onRow(part, buffer, offset, length);
      // What is the same on all is told once.
      case BackendTag.NOTICE ->
          executions.same() && part != parts().getFirst() ? Verdict.DROP : Verdict.FORWARD;
      case BackendTag.COMMAND_COMPLETE, BackendTag.EMPTY_QUERY, BackendTag.PORTAL_SUSPENDED ->
          onEnd(part, tag, buffer, offset, length);
      case BackendTag.ERROR -> onError(part, buffer, offset, length);
      case BackendTag.PARSE_COMPLETE,
          BackendTag.BIND_COMPLETE,
          BackendTag.CLOSE_COMPLETE,
          BackendTag.PARAMETER_DESCRIPTION,
          BackendTag.ROW_DESCRIPTION,
          BackendTag.COPY_OUT,
          BackendTag.NO_DATA ->
          onBegin(part, buffer, offset, length);
      default -> disagree("a message of type \"" + (char) tag + "\" is not merged");
    };
  }

  private Verdict onBegin(ShardPart part, ByteBuf buffer, int offset, int length) {
    int place = part.position().replies();
    part.position().advance();
    if (place == given.size()) {
      given.add(Unpooled.copiedBuffer(buffer.slice(offset, length)));
      executions.described(buffer, offset);
      return Verdict.FORWARD;
    }
    return Descriptions.same(given.get(place), buffer.slice(offset, length))
        ? Verdict.DROP
        : disagree("the columns or parameters of a statement differ");
  }

  /** A server that begins a COPY behind the failure of another waits for data in vain. */
  private Verdict onNobodys(ShardPart part, byte tag) {
    if (tag == BackendTag.COPY_IN) {
      whole.cancels().failCopy(part);
    }
    return Verdict.DROP;
  }

  /** All want the data of a COPY, or have given it. */
  private Verdict onCopy(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (part.position().replies() != given.size()) {
      return disagree("one copies where another does not");
    }
    if (part.position().atEnd()) {
      return Verdict.HOLD;
    }
    part.position().ends();
    if (!whole.who().activeAre(each -> each.position().atEnd())) {
      return Verdict.HOLD;
    }
    ByteBuf out = Unpooled.buffer(length + 16);
    if (tag == BackendTag.COPY_DONE && executions.rows() instanceof CopiedRows rows) {
      rows.trailer(out);
    }
    out.writeBytes(buffer, offset, length);
    given.add(Unpooled.copiedBuffer(buffer.slice(offset, length)));
    parts().forEach(each -> each.position().ended());
    return sent(part, out);
  }

  // ---- rows ----------------------------------------------------------------------------------

  private Verdict onRow(ShardPart part, ByteBuf buffer, int offset, int length) {
    RowMerger rows = executions.rows();
    if (rows == null) {
      return Verdict.FORWARD;
    }
    // What is before it in the same read goes ahead of what it makes.
    part.cut();
    ByteBuf out = whole.client().rows();
    int before = out.writerIndex();
    try {
      if (!rows.row(part.index(), buffer, offset, length, out)) {
        return Verdict.HOLD;
      }
      grown(out, before);
      return Verdict.DROP;
    } catch (PgErrorException e) {
      return fail(part, e.error());
    }
  }

  /** The client has got rows: some shard has room for more. */
  private void grown(ByteBuf rows, int before) {
    if (rows.writerIndex() > before) {
      whole.client().resumeLater();
    }
  }

  /**
   * The statement cannot be merged. Alone it fails as if a server had said so; what else is in its
   * transaction no server would take back for it, so that it is lost.
   */
  private Verdict fail(ShardPart part, PgError error) {
    executions.mergeFailed();
    if (!whole.readiness().outsideOfBlock() || !executions.alone()) {
      whole.giveUp(error);
      return Verdict.STOP;
    }
    ByteBuf out = Unpooled.buffer(128);
    FrameWriter.error(out, error);
    part.cut();
    whole.client().pass(out);
    fails(null);
    return Verdict.DROP;
  }

  private Verdict disagree(String why) {
    whole.giveUp(
        PgError.error(SqlState.INTERNAL_ERROR, "the shards do not answer alike: " + why)
            .withHint("Their schemas must be the same."));
    return Verdict.STOP;
  }

  // ---- the end of an answer ------------------------------------------------------------------

  private Verdict onEnd(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    if (part.position().replies() != given.size()) {
      return disagree("one ends where another goes on");
    }
    if (part.position().atEnd()) {
      return Verdict.HOLD;
    }
    part.position().ends();
    if (tag == BackendTag.COMMAND_COMPLETE) {
      CommandCount own = CommandCount.NONE.plus(buffer, offset, length);
      boolean same = executions.same();
      if (same && !count.equals(CommandCount.NONE) && !count.equals(own)) {
        return fail(part, DIFFERENT);
      }
      count = same ? own : count.plus(buffer, offset, length);
    }
    RowMerger rows = executions.rows();
    if (rows != null) {
      part.cut();
      // Others may have waited for rows of this one.
      whole.client().resumeLater();
      try {
        rows.ended(part.index(), whole.client().rows());
      } catch (PgErrorException e) {
        return fail(part, e.error());
      }
    }
    if (!whole.who().activeAre(each -> each.position().atEnd())) {
      return Verdict.HOLD;
    }
    ByteBuf end = Unpooled.buffer(64);
    if (tag == BackendTag.COMMAND_COMPLETE) {
      FrameWriter.string(
          end,
          tag,
          rows == null || rows instanceof CopiedRows || executions.same()
              ? count.tag()
              : count.words() + rows.rows());
    } else {
      end.writeBytes(buffer, offset, length);
    }
    count = CommandCount.NONE;
    executions.ended();
    given.add(Unpooled.copiedBuffer(end));
    parts().forEach(each -> each.position().ended());
    if (whole.own().keepsEnd(end)) {
      end = Unpooled.EMPTY_BUFFER;
    }
    return sent(part, end);
  }

  /** All wait no longer; the part in hand is the last, and is not held. */
  private Verdict sent(ShardPart last, ByteBuf reply) {
    last.position().unheld();
    last.cut();
    whole.client().pass(reply);
    whole.client().resumeLater();
    return Verdict.DROP;
  }

  /**
   * What comes next goes to others: replies to what has not been ended with Sync are with the
   * client.
   */
  void begins() {
    given.clear();
    parts().forEach(each -> each.position().begins());
  }

  void stop() {
    given.clear();
  }

  private Verdict onReady(ShardPart part, byte own) {
    if (part.position().atReady()) {
      return Verdict.HOLD;
    }
    part.position().ready();
    part.status(own);
    status = own == 'E' || status == 'E' ? (byte) 'E' : own;
    return allReady() ? sent(part, ready()) : Verdict.HOLD;
  }

  private boolean allReady() {
    return !whole.cancels().underWay()
        && !whole.own().open()
        && whole.who().activeAre(each -> each.position().atReady());
  }

  /** No cancel request can hit what comes next any more. */
  void settleReady() {
    if (allReady()) {
      whole.client().pass(ready());
      whole.client().resumeLater();
    }
  }

  private ByteBuf ready() {
    ByteBuf ready = Unpooled.buffer(6);
    if (condemned && status == 'T') {
      status = 'E';
      // Who was not at work, or was done before its cancel request came, has not failed; it must.
      whole.readiness().failRest();
    }
    condemned = false;
    byte shown = whole.own().shown(status);
    FrameWriter.ready(ready, shown);
    whole.readiness().sent(shown);
    // What fails the others' parts of a transaction nobody had asked when the client began to wait.
    whole.drainsOn();
    parts().forEach(each -> each.position().over());
    given.clear();
    boolean outside = shown == 'I';
    executions.over(outside);
    if (outside) {
      whole.cursors().transactionEnded();
    }
    whole.out().ready();
    count = CommandCount.NONE;
    failed = false;
    status = 'I';
    return ready;
  }

  // ---- errors --------------------------------------------------------------------------------

  /** The first one is the client's; whatever else the servers say up to Z is nobody's. */
  private Verdict onError(ShardPart part, ByteBuf buffer, int offset, int length) {
    if (whole.out().copies()) {
      part.cut();
      whole.client().pass(GatherErrors.ofCopy(buffer, offset, length, part.index()));
      fails(part);
      return Verdict.DROP;
    }
    fails(part);
    return Verdict.FORWARD;
  }

  /** A step of the proxy's own has failed, of which the client knows. */
  void failsElsewhere(@Nullable ShardPart failing) {
    fails(failing);
  }

  /** What is in hand fails for a reason that no server knows; so does the transaction. */
  void condemn(PgError error) {
    ByteBuf out = Unpooled.buffer(256);
    FrameWriter.error(out, error);
    whole.client().pass(out);
    fails(null);
    condemned = true;
    whole.client().onRead();
  }

  /** Whether rows of an answer are being merged, of which none has to be told before others. */
  boolean merges() {
    return !failed && executions.merges();
  }

  /** Whether what is in hand has failed. */
  boolean failed() {
    return failed;
  }

  private void fails(@Nullable ShardPart failing) {
    failed = true;
    parts().forEach(each -> each.position().failed());
    whole.out().copyFails();
    whole.cancels().allBut(failing);
    whole.client().resumeLater();
  }
}
