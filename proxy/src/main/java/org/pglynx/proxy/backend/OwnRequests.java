package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * What the proxy asks of a server on its own account, between the client's messages: the client's
 * parameters, a transaction's failure or end, and questions. The replies are not the client's.
 */
final class OwnRequests {
  private final ReplyTracker tracker;
  private final ReportedParameters reported;
  private final Inquiries inquiries;
  private final Supplier<ByteBufAllocator> allocator;
  private final Consumer<ByteBuf> sender;
  private ParameterSet applied = ParameterSet.DEFAULTS;

  OwnRequests(
      ReplyTracker tracker,
      ReportedParameters reported,
      Inquiries inquiries,
      Supplier<ByteBufAllocator> allocator,
      Consumer<ByteBuf> sender) {
    this.tracker = tracker;
    this.reported = reported;
    this.inquiries = inquiries;
    this.allocator = allocator;
    this.sender = sender;
  }

  // ---- parameters ----------------------------------------------------------------------------

  /** See {@link Upstream#apply}. */
  void apply(ParameterSet wanted) {
    if (applied == wanted) {
      return;
    }
    // There is no way from Unicode escapes to SQL_ASCII.
    boolean escapes = !"SQL_ASCII".equals(reported.values().get("server_encoding"));
    String sql = wanted.switchFrom(applied, escapes);
    applied = wanted;
    if (!sql.isEmpty()) {
      // If it fails, the transaction stays open and failed: what the client has sent behind it must
      // not run with other parameters than the client's.
      query("BEGIN;" + sql + (sql.endsWith(";") ? "COMMIT" : ";COMMIT"), Expected.APPLY);
    }
  }

  /** The server has these now, whoever brought it about. */
  void applied(ParameterSet set) {
    applied = set;
    reported.settle();
  }

  // ---- transactions --------------------------------------------------------------------------

  /** See {@link Upstream#failTransaction}. */
  void failTransaction(boolean extended) {
    ByteBuf out = allocator.get().buffer(128);
    if (extended) {
      tracker.expectFailingBind();
      ServerFrames.failingBind(out);
    } else {
      tracker.expect(Expected.FAIL_QUERY);
      ServerFrames.failingQuery(out);
    }
    sender.accept(out);
  }

  /** See {@link Upstream#rollBack}. */
  void rollBack() {
    query("ROLLBACK", Expected.APPLY);
  }

  /** See {@link Upstream#failCopy}. */
  void failCopy(String reason) {
    ByteBuf out = allocator.get().buffer(64);
    ServerFrames.copyFail(out, reason);
    tracker.expect(FrontendTag.COPY_FAIL);
    sender.accept(out);
  }

  // ---- questions -----------------------------------------------------------------------------

  /** See {@link Upstream#inquire}. */
  void inquire(Inquiry inquiry) {
    inquiries.ask(inquiry);
    query(inquiry.sql(), Expected.INQUIRY);
  }

  private void query(String sql, byte expected) {
    ByteBuf out = allocator.get().buffer(sql.length() + 16);
    FrameWriter.query(out, sql);
    tracker.expect(expected);
    sender.accept(out);
  }
}
