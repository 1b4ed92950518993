package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;

/**
 * What is known of the text of the frame in hand, which several questions are about: it is read and
 * looked up once. Where a frame begins tells it from others, for as long as it is in hand.
 */
final class TextInHand {
  private final Shards shards;
  private final ExtendedQueries extended;
  private @Nullable ShardedStatement statement;
  private int at;

  TextInHand(Shards shards, ExtendedQueries extended) {
    this.shards = shards;
    this.extended = extended;
  }

  /** Another frame comes in hand, or the same one again. */
  void forget() {
    statement = null;
  }

  /**
   * The text of a whole frame: its own, or that of the statement that it binds.
   *
   * @return empty if it has none
   */
  String read(byte tag, ByteBuf buffer, int offset, int length) {
    String sql =
        switch (tag) {
          case QUERY, PARSE -> StatementFields.text(tag, buffer, offset, length);
          case BIND -> boundText(buffer, offset, length);
          default -> "";
        };
    if (!sql.isEmpty()) {
      statement = shards.statement(sql);
      at = offset;
    }
    return sql;
  }

  private String boundText(ByteBuf buffer, int offset, int length) {
    byte[] definition = StatementFields.bound(extended, buffer, offset, length);
    return definition == null ? "" : StatementFields.text(definition);
  }

  /** What is known of the text of the frame at the offset; null if it has not been read. */
  @Nullable ShardedStatement statement(int offset) {
    return at == offset ? statement : null;
  }
}
