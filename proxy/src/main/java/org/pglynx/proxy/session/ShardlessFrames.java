package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.QueryInterceptor;

/**
 * Which frames of a database of several shards need none: commands to the proxy, and statements
 * that it answers or refuses itself.
 */
final class ShardlessFrames {
  private final boolean takesRoles;
  private final @Nullable QueryInterceptor calls;

  /**
   * Those of a session.
   *
   * @param takesRoles whether the client may choose between a primary and its replicas
   * @param calls what answers statements that need no server; null if nothing does
   */
  ShardlessFrames(boolean takesRoles, @Nullable QueryInterceptor calls) {
    this.takesRoles = takesRoles;
    this.calls = calls;
  }

  /** Whether the frame is one of them; not if it has not come whole. */
  boolean has(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (available < length || tag != QUERY && tag != PARSE) {
      return false;
    }
    int text = StatementFields.textStartIfAny(tag, buffer, offset, length);
    int end = text < 0 ? -1 : buffer.indexOf(text, offset + length, (byte) 0);
    return end >= 0
        && (command(buffer, text, end - text) || answered(tag, buffer, offset, text, end));
  }

  private boolean command(ByteBuf buffer, int text, int length) {
    return ShardInterceptor.command(buffer, text, length) != null
        || takesRoles && RoleInterceptor.command(buffer, text, length);
  }

  private boolean answered(byte tag, ByteBuf buffer, int offset, int text, int end) {
    QueryInterceptor asked = calls;
    return asked != null
        && asked.concerns(buffer, text, end - text)
        && asked.answers(
            buffer.toString(text, end - text, StandardCharsets.UTF_8),
            tag == PARSE ? StatementFields.types(buffer, offset) : StatementFields.NO_TYPES,
            tag == QUERY);
  }
}
