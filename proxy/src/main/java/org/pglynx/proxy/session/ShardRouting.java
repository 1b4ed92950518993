package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Says to which shard each statement of a session goes, before a server is asked for; only in
 * databases of several shards.
 *
 * <p>A transaction, or a batch of the extended protocol, is on one shard: that of its first
 * statement. What another shard would have to run is refused by {@link ServerLease#attach}. A Parse
 * whose parameters say where it goes is looked at together with its Bind, which drivers send in the
 * same write; alone, it is prepared on any shard, and on others when it is bound.
 */
final class ShardRouting {
  /** Longer texts go where the client has said, or nowhere; all shorter ones are kept. */
  private static final int MAX_TEXT = 250_000;

  private static final int MAX_BIND = 16 << 20;

  private static final PgError CONTROL_AMONG_OTHERS =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "what is about the transaction must come alone while that is on several shards")
          .withHint("Send COMMIT, ROLLBACK, SAVEPOINT and SET each as a statement of its own.");

  private static final PgError CONTROL_OF_LOCAL =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "what is about the transaction must come alone while SET LOCAL has chosen its shard")
          .withHint("Send COMMIT, ROLLBACK and BEGIN each as a statement of its own.");

  private static final PgError ON_EACH =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the statement would run on every shard, as its transaction does, and its rows would"
                  + " come from every shard")
          .withHint("Run it in a transaction, or a batch, of its own.");

  private static final PgError IN_PARTS =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "rows that a write gives on several shards are not fetched in parts")
          .withHint("Fetch all rows at once: without a fetch size.");

  /** What is to be done about a frame. */
  enum Next {
    /** It may be looked at: it has a place. */
    GO_ON,
    /** Not before more has come, or has been answered. */
    HOLD,
    /** It fails with {@link #takeError}. */
    FAIL
  }

  /** What ends a transaction. */
  private static final Set<TransactionEffect> ENDING =
      EnumSet.of(TransactionEffect.COMMITS, TransactionEffect.ENDS);

  private final Session session;
  private final Shards shards;
  private final ShardChoice choice;
  private final ExtendedQueries extended;
  private final SeveralServers several;
  private final TransactionHistory history;
  private final TextInHand text;
  private final ShardAim aim;
  private final ShardCursors cursors;
  private final BatchShards batches;
  private final HeldLookup held;
  private final ShardlessFrames shardless;
  private @Nullable PgError error;
  private boolean awaiting;

  /**
   * Of a session.
   *
   * @param calls what answers statements that need no server; null if nothing does
   */
  ShardRouting(
      Session session,
      Shards shards,
      ShardChoice choice,
      ExtendedQueries extended,
      SeveralServers several,
      @Nullable QueryInterceptor calls) {
    this.several = several;
    this.history = several.history();
    this.session = session;
    this.shards = shards;
    this.choice = choice;
    this.extended = extended;
    this.cursors = new ShardCursors(session, shards);
    this.batches = new BatchShards(session, shards, extended, cursors);
    this.held = new HeldLookup(shards::lookUp, session::resume);
    this.text = new TextInHand(shards, extended);
    this.aim = new ShardAim(session, shards, choice, extended, several);
    this.shardless = new ShardlessFrames(session.routing() != null, calls);
  }

  /** The servers of the shards that the session is on. */
  SeveralServers several() {
    return several;
  }

  /** How much of a frame must be there. */
  int wanted(byte tag, int length) {
    return switch (tag) {
      case QUERY, PARSE -> length <= MAX_TEXT ? length : 0;
      case BIND -> length <= MAX_BIND ? length : 0;
      default -> 0;
    };
  }

  /** Why the frame fails. */
  PgError takeError() {
    PgError why = error;
    error = null;
    held.failureTaken();
    return why == null ? PgError.error(SqlState.INTERNAL_ERROR, "no reason is known") : why;
  }

  /** What is looked up for the frame in hand. */
  HeldLookup lookup() {
    return held;
  }

  /** Whether a frame is held for what comes behind it; it is looked at again now. */
  boolean takeAwaiting() {
    boolean held = awaiting;
    awaiting = false;
    return held;
  }

  /** Which frames need no shard. */
  ShardlessFrames shardless() {
    return shardless;
  }

  /** Finds the place of the frame in hand. */
  Next route(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (held.underWay()) {
      return Next.HOLD;
    }
    PgError unknown = held.failure();
    if (unknown != null) {
      return fail(unknown);
    }
    shards.asks(held.since());
    Next next = find(tag, buffer, offset, available, length);
    if (next != Next.HOLD && (tag == QUERY || tag == FUNCTION_CALL)) {
      held.over();
    }
    return next;
  }

  private Next find(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (!extended.unsynced() && !session.lease().quiet()) {
      // What is under way may begin or end a transaction, and so decide about this.
      return Next.HOLD;
    }
    if (!extended.unsynced()) {
      history.settled(session.status() == 'E');
      cursors.settled(session.status() == 'E');
      if (session.status() == 'I') {
        cursors.outside();
      }
    }
    text.forget();
    try {
      if (tag == BIND && !cursors.none()) {
        cursors.bound(StatementFields.name(buffer, offset + FrameScanner.HEADER, offset + length));
      }
      Next shaped = shapes(tag, buffer, offset, available, length);
      if (shaped != null) {
        return shaped;
      }
    } catch (MalformedMessageException e) {
      aim.stay();
      return Next.GO_ON;
    }
    if (session.status() == 'E') {
      if (extended.unsynced()) {
        aim.stay();
      } else {
        several.aimAtAnyOne();
      }
      return Next.GO_ON;
    }
    if (choice.made()) {
      aim.toChosen();
      return Next.GO_ON;
    }
    try {
      return place(tag, buffer, offset, available, length);
    } catch (MalformedMessageException e) {
      // Told where the message itself is read.
      aim.stay();
      return Next.GO_ON;
    }
  }

  /** What becomes of a frame with a statement about the transaction; null if it is none. */
  private @Nullable Next shapes(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return null;
    }
    String sql = text.read(tag, buffer, offset, length);
    ShardedStatement statement = text.statement(offset);
    if (statement == null) {
      return null;
    }
    TransactionEffect effect = statement.effect();
    if (effect == TransactionEffect.NONE) {
      return null;
    }
    return transaction(tag, effect, sql);
  }

  private @Nullable Next transaction(byte tag, TransactionEffect effect, String sql) {
    if (effect == TransactionEffect.SEVERAL && several.inUse()) {
      return fail(CONTROL_AMONG_OTHERS);
    }
    if (effect == TransactionEffect.SEVERAL && choice.local()) {
      return fail(CONTROL_OF_LOCAL);
    }
    if (tag != PARSE) {
      runs(effect, sql);
    }
    if (effect == TransactionEffect.MARKS || effect == TransactionEffect.SEVERAL) {
      return null;
    }
    // Where a Parse goes is said by what comes behind it.
    return tag == PARSE && !aim.bound() || session.upstream() == null ? null : toAll();
  }

  private void runs(TransactionEffect effect, String sql) {
    if (effect == TransactionEffect.BEGINS) {
      several.begin();
    }
    history.runs(effect, sql, !extended.executed());
    if (ENDING.contains(effect)) {
      choice.transactionEnds();
    }
  }

  /** To all shards that the transaction is on. */
  private Next toAll() {
    if (!extended.unsynced()) {
      several.aimAtAll();
      return Next.GO_ON;
    }
    if (several.partly()) {
      return history.inBlock() ? turnsToAll() : fail(CONTROL_AMONG_OTHERS);
    }
    aim.stay();
    return Next.GO_ON;
  }

  private Next place(byte tag, ByteBuf buffer, int offset, int available, int length) {
    return switch (tag) {
      case QUERY -> query(buffer, offset, available, length);
      case PARSE -> parse(buffer, offset, available, length);
      case BIND -> bind(buffer, offset, available, length);
      case EXECUTE -> execute(buffer, offset, length);
      case DESCRIBE, CLOSE -> portal(tag, buffer, offset, length);
      case FUNCTION_CALL -> onOne();
      default -> {
        aim.stay();
        yield Next.GO_ON;
      }
    };
  }

  // ---- frames --------------------------------------------------------------------------------

  private Next query(ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return tooLong();
    }
    ShardedStatement statement = statement(QUERY, buffer, offset, length);
    return statement == null
        ? Next.FAIL
        : take(cursors.route(statement, Arguments.NONE, StatementFields.NO_TYPES));
  }

  private Next parse(ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return tooLong();
    }
    ShardedStatement statement = statement(PARSE, buffer, offset, length);
    if (statement == null) {
      return Next.FAIL;
    }
    if (aim.bound() && extended.unsynced()) {
      // Where it is used is decided when it is bound.
      aim.stay();
      return Next.GO_ON;
    }
    ShardRoute own = batches.parsed(statement);
    // Parsed on all shards it does no harm; its Bind is looked at, too.
    return own instanceof ShardRoute.Stay
        ? ahead(buffer, offset, statement, false)
        : take(batches.wide(own, buffer, offset));
  }

  /**
   * Goes where the frames behind the one in hand say.
   *
   * @param parsed what is known of the text of the one in hand; null if it is no Parse
   * @param onOne whether the one in hand may not go to several shards
   */
  private Next ahead(ByteBuf buffer, int offset, @Nullable ShardedStatement parsed, boolean onOne) {
    ShardRoute route = batches.ahead(buffer, offset, parsed, false);
    if (route == null) {
      return awaitMore();
    }
    if (!(route instanceof ShardRoute.Stay)) {
      return onOne && several(route) ? fail(ON_EACH) : take(batches.wide(route, buffer, offset));
    }
    if (aim.bound()) {
      // A transaction needs no further shard to parse something.
      several.aimAtAnyOne();
      return Next.GO_ON;
    }
    return take(parsed == null ? ShardRoute.STAY : parsed.anywhere(shards));
  }

  private Next awaitMore() {
    awaiting = true;
    return Next.HOLD;
  }

  private Next bind(ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return tooLong();
    }
    ShardRoute route = batches.bound(buffer, offset, length, text.statement(offset));
    String portal = StatementFields.name(buffer, offset + FrameScanner.HEADER, offset + length);
    if (route instanceof ShardRoute.Stay stay && !aim.bound()) {
      return ahead(buffer, offset, null, stay.onOne());
    }
    return take(cursors.binds(portal, batches.wide(route, buffer, offset)));
  }

  private static boolean several(ShardRoute route) {
    return route instanceof ShardRoute.To to && to.how() != null;
  }

  /** Where its portal is. */
  private Next execute(ByteBuf buffer, int offset, int length) {
    int at = offset + FrameScanner.HEADER;
    int size = NameField.length(buffer, at, offset + length);
    String portal = StatementFields.name(buffer, at, offset + length);
    int limit = at + size + 1;
    int rows = limit + Integer.BYTES <= offset + length ? Math.max(buffer.getInt(limit), 0) : 0;
    if (rows > 0 && !cursors.inParts(portal)) {
      return fail(IN_PARTS);
    }
    return toPortal(portal, rows);
  }

  /** Describe and Close of a portal go where it is; those of a statement stay. */
  private Next portal(byte tag, ByteBuf buffer, int offset, int length) {
    int kind = offset + FrameScanner.HEADER;
    boolean named = length >= FrameScanner.HEADER + 2 && buffer.getByte(kind) == 'P';
    if (tag == CLOSE && named) {
      cursors.closes(StatementFields.name(buffer, kind + 1, offset + length));
    }
    boolean leads = tag == CLOSE && !extended.unsynced() && several.inUse();
    if (leads && new BatchAhead(buffer, offset).binds()) {
      return closedAhead(buffer, offset);
    }
    boolean goesAlong = tag == CLOSE && extended.unsynced();
    if (goesAlong || !named) {
      aim.stay();
      return Next.GO_ON;
    }
    return toPortal(StatementFields.name(buffer, kind + 1, offset + length), 0);
  }

  /**
   * Drivers close what they no longer need ahead of the next statement, which says where the batch
   * goes; what is left open elsewhere ends with the transaction.
   */
  private Next closedAhead(ByteBuf buffer, int offset) {
    ShardRoute route = batches.ahead(buffer, offset, null, true);
    if (route == null) {
      return awaitMore();
    }
    if (route instanceof ShardRoute.Stay stay && stay.onOne()) {
      several.aimAtAnyOne();
      return Next.GO_ON;
    }
    if (route instanceof ShardRoute.Stay) {
      several.aimAtAll();
      return Next.GO_ON;
    }
    return take(batches.wide(route, buffer, offset));
  }

  private Next toPortal(String portal, int rows) {
    UpstreamProvider place = cursors.of(portal);
    if (place == null) {
      aim.stay();
    } else {
      aim.to(place, shards.portal(portal, rows, null));
    }
    return Next.GO_ON;
  }

  /** What is known of the text; null if it cannot be read for what it is. */
  private @Nullable ShardedStatement statement(byte tag, ByteBuf buffer, int offset, int length) {
    error = RoutedText.refusal(session, tag, buffer, offset, length);
    if (error != null) {
      return null;
    }
    ShardedStatement known = text.statement(offset);
    return known == null ? shards.statement(RoutedText.of(tag, buffer, offset, length)) : known;
  }

  // ---- places --------------------------------------------------------------------------------

  /** Amid a batch the frame goes to all shards that it has been on. */
  private Next turnsToAll() {
    return several.turns(true) ? Next.GO_ON : Next.HOLD;
  }

  private Next onOne() {
    return aim.onOne() ? Next.GO_ON : Next.HOLD;
  }

  private Next take(ShardRoute route) {
    return switch (route) {
      case ShardRoute.To to -> {
        aim.to(to.servers(), to.how());
        yield Next.GO_ON;
      }
      case ShardRoute.Stay stay when stay.onOne() -> onOne();
      case ShardRoute.Stay stay -> {
        aim.stayOnAll();
        yield Next.GO_ON;
      }
      case ShardRoute.Unknown keys -> {
        held.start(keys.lookup());
        yield Next.HOLD;
      }
      case ShardRoute.Refused refused -> fail(refused.error());
    };
  }

  private Next tooLong() {
    return fail(
        SimpleQueries.tooLong("a statement that is routed by what it says", MAX_TEXT)
            .withHint("Choose a shard with SET SHARD TO n."));
  }

  private Next fail(PgError why) {
    error = why;
    return Next.FAIL;
  }
}
