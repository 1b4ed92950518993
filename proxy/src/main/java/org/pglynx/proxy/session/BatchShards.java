package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.PARSE;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * Where a batch of the extended protocol goes: as its first statement says, which the text of its
 * Parse may say alone, or else the values of its Bind. Drivers send that in the same write, and so
 * the frames behind the one in hand are looked at. It decides only; nothing is sent.
 */
final class BatchShards {
  private final Session session;
  private final Shards shards;
  private final ExtendedQueries extended;
  private final ShardCursors cursors;

  BatchShards(Session session, Shards shards, ExtendedQueries extended, ShardCursors cursors) {
    this.session = session;
    this.shards = shards;
    this.extended = extended;
    this.cursors = cursors;
  }

  /** Where the statement goes whatever its parameters are; STAY if that is not known. */
  ShardRoute parsed(ShardedStatement statement) {
    return statement.needsArguments()
        ? ShardRoute.STAY
        : cursors.route(statement, Arguments.NONE, StatementFields.NO_TYPES);
  }

  /**
   * Where a Bind of a statement from before its batch goes.
   *
   * @param known what is known of its text; null to have that looked up
   */
  ShardRoute bound(ByteBuf buffer, int offset, int length, @Nullable ShardedStatement known) {
    byte[] definition = StatementFields.bound(extended, buffer, offset, length);
    if (definition == null) {
      // One of the proxy's own, or none: then that is what is told.
      return ShardRoute.STAY;
    }
    ShardedStatement statement =
        known == null ? shards.statement(StatementFields.text(definition)) : known;
    return cursors.route(
        statement, arguments(buffer, offset, length), StatementFields.types(definition));
  }

  private Arguments arguments(ByteBuf buffer, int offset, int length) {
    return StatementFields.arguments(buffer, offset, length, session.readsUtf8());
  }

  /**
   * The first route of a frame behind the one in hand that is not STAY.
   *
   * @param inHand what the frame in hand parses; null if it is no Parse
   * @param anywhere whether ANYWHERE is such a route, or what comes behind it may say more
   * @return STAY if the batch says none; null if what has come of it does not say
   */
  @Nullable ShardRoute ahead(
      ByteBuf buffer, int offset, @Nullable ShardedStatement inHand, boolean anywhere) {
    BatchAhead batch = new BatchAhead(buffer, offset);
    while (true) {
      BatchAhead.Frame frame = batch.next();
      if (frame == BatchAhead.Frame.INCOMPLETE) {
        return null;
      }
      if (frame == BatchAhead.Frame.END) {
        return ShardRoute.STAY;
      }
      ShardRoute route = said(buffer, batch, frame, offset, inHand);
      if (!(route instanceof ShardRoute.Stay stay) || anywhere && stay.onOne()) {
        return route;
      }
    }
  }

  private ShardRoute said(
      ByteBuf buffer,
      BatchAhead batch,
      BatchAhead.Frame frame,
      int offset,
      @Nullable ShardedStatement inHand) {
    return switch (frame) {
      case PARSE -> parsedAhead(buffer, batch.at(), batch.length());
      case BIND ->
          inHand != null && batch.parse() == offset
              ? boundAhead(buffer, batch, inHand)
              : boundAhead(buffer, batch);
      // Describe, Execute and Close say nothing of places.
      case OTHER, INCOMPLETE, END -> ShardRoute.STAY;
    };
  }

  private ShardRoute parsedAhead(ByteBuf buffer, int parse, int length) {
    PgError refusal = RoutedText.refusal(session, PARSE, buffer, parse, length);
    return refusal == null
        ? parsed(statement(buffer, parse, length))
        : new ShardRoute.Refused(refusal);
  }

  private ShardedStatement statement(ByteBuf buffer, int parse, int length) {
    return shards.statement(RoutedText.of(PARSE, buffer, parse, length));
  }

  /** Of a statement parsed in the batch, or known from before. */
  private ShardRoute boundAhead(ByteBuf buffer, BatchAhead batch) {
    int parse = batch.parse();
    return parse < 0
        ? bound(buffer, batch.at(), batch.length(), null)
        : boundAhead(buffer, batch, statement(buffer, parse, 1 + buffer.getInt(parse + 1)));
  }

  private ShardRoute boundAhead(ByteBuf buffer, BatchAhead batch, ShardedStatement parsed) {
    return cursors.route(
        parsed,
        arguments(buffer, batch.at(), batch.length()),
        StatementFields.types(buffer, batch.parse()));
  }

  /**
   * A batch is on the shards of its first statement. One that has more statements reads from all
   * shards, so that those behind the first need no others.
   */
  ShardRoute wide(ShardRoute route, ByteBuf buffer, int offset) {
    UpstreamProvider all = shards.together();
    if (!(route instanceof ShardRoute.To to)
        || to.how() == null
        || !to.how().widens()
        || to.servers() == all) {
      return route;
    }
    boolean begun = extended.unsynced() && session.lease().on(all);
    return begun || !new BatchAhead(buffer, offset).endsWithIt()
        ? new ShardRoute.To(all, to.how())
        : route;
  }
}
