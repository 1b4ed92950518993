package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.RoutePlan;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * Where a batch of the extended protocol goes: it is one transaction, so its first message already
 * chooses the server of all. The messages up to Sync are read ahead, as they lie in the buffer;
 * drivers write them at once. A batch whose end is not there may yet write, and goes to the
 * primary.
 */
final class BatchRoles {
  private final Routing routing;
  private ServerRole role = ServerRole.ANY;
  private boolean any;
  private boolean parses;
  private int behindSync;
  private int namedParses;
  private int behindParses;
  private boolean orderly = true;

  /** One that is used for each batch of a session. */
  BatchRoles(Routing routing) {
    this.routing = routing;
  }

  /** The role for the batch that begins at the offset. */
  ServerRole of(ByteBuf buffer, int offset, ClientStatements statements) {
    role = ServerRole.ANY;
    any = false;
    parses = false;
    namedParses = 0;
    orderly = true;
    int at = offset;
    int there = buffer.writerIndex();
    behindParses = offset;
    while (there - at >= FrameScanner.HEADER) {
      byte tag = buffer.getByte(at);
      int next = at + 1 + buffer.getInt(at + 1);
      if (next < at + FrameScanner.HEADER || next > there) {
        return ServerRole.PRIMARY;
      }
      if (tag == SYNC) {
        behindSync = next;
        return any ? role : ServerRole.PRIMARY;
      }
      if (!reads(tag, buffer, at, next, statements)) {
        return ServerRole.PRIMARY;
      }
      at = next;
    }
    return ServerRole.PRIMARY;
  }

  /** Where the batch ends, once it has a role other than the primary. */
  int end() {
    return behindSync;
  }

  /** How many named statements it parses. */
  int namedParses() {
    return namedParses;
  }

  /** Where the messages behind these begin. */
  int behindParses() {
    return behindParses;
  }

  /** Whether named statements are parsed before anything else. */
  boolean orderly() {
    return orderly;
  }

  private boolean reads(
      byte tag, ByteBuf buffer, int offset, int end, ClientStatements statements) {
    int body = offset + FrameScanner.HEADER;
    return switch (tag) {
      case PARSE -> parse(buffer, body, end);
      case BIND -> bind(buffer, body, end, statements);
      case DESCRIBE ->
          body >= end || buffer.getByte(body) != 'S' || uses(buffer, body + 1, end, statements);
      case EXECUTE, CLOSE -> true;
      // Flush asks for an answer, on which the client may send anything.
      default -> false;
    };
  }

  private boolean parse(ByteBuf buffer, int name, int limit) {
    int text = behindName(buffer, name, limit);
    int zero = text < 0 ? -1 : buffer.indexOf(text, limit, (byte) 0);
    parses = true;
    if (text > name + 1) {
      orderly &= behindParses == name - FrameScanner.HEADER;
      namedParses++;
      behindParses = limit;
    }
    return zero >= 0 && joins(routing.plan(buffer, text, zero - text));
  }

  private boolean bind(ByteBuf buffer, int portal, int end, ClientStatements statements) {
    int name = behindName(buffer, portal, end);
    return name >= 0 && uses(buffer, name, end, statements);
  }

  /** Whether a statement only reads; one that was parsed in this batch has been looked at. */
  private boolean uses(ByteBuf buffer, int name, int end, ClientStatements statements) {
    int behind = behindName(buffer, name, end);
    if (behind < 0) {
      return false;
    }
    int length = behind - 1 - name;
    RoutePlan plan = length == 0 && parses ? null : statements.plan(buffer, name, length, routing);
    return plan == null ? parses : joins(plan);
  }

  private boolean joins(@Nullable RoutePlan plan) {
    if (plan == null) {
      return false;
    }
    ServerRole wanted = routing.role(plan);
    any = true;
    role = wanted == ServerRole.ANY ? role : wanted;
    return wanted != ServerRole.PRIMARY;
  }

  private static int behindName(ByteBuf buffer, int name, int end) {
    int zero = name < 0 || name >= end ? -1 : buffer.indexOf(name, end, (byte) 0);
    return zero < 0 ? -1 : zero + 1;
  }
}
