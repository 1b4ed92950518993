package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.CLOSE;
import static org.pglynx.proxy.wire.FrontendTag.DESCRIBE;
import static org.pglynx.proxy.wire.FrontendTag.EXECUTE;
import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
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

  private static final int[] NO_TYPES = {};

  private static final ShardedStatement STAYING =
      new ShardedStatement() {
        @Override
        public boolean needsArguments() {
          return false;
        }

        @Override
        public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
          return ShardRoute.STAY;
        }

        @Override
        public ShardRoute anywhere(Shards shards) {
          return ShardRoute.STAY;
        }
      };

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
  private final TransactionHistory history;
  private @Nullable PgError error;
  private boolean awaiting;

  /** What is known of the text of the frame in hand, which is asked about more than once. */
  private @Nullable ShardedStatement inHand;

  private int inHandAt;

  private final ShardCursors cursors;

  private final HeldLookup held;

  private final @Nullable QueryInterceptor calls;

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
      TransactionHistory history,
      @Nullable QueryInterceptor calls) {
    this.calls = calls;
    this.history = history;
    this.session = session;
    this.shards = shards;
    this.choice = choice;
    this.extended = extended;
    this.cursors = new ShardCursors(session, shards);
    this.held = new HeldLookup(shards::lookUp, session::resume);
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

  /** Whether the frame is a command that needs no server. */
  boolean command(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (available < length || tag != QUERY && tag != PARSE) {
      return false;
    }
    int text = tag == QUERY ? offset + FrameScanner.HEADER : afterName(buffer, offset, length);
    int end = text < 0 ? -1 : buffer.indexOf(text, offset + length, (byte) 0);
    return end >= 0
        && (ShardInterceptor.command(buffer, text, end - text) != null
            || session.routing() != null && RoleInterceptor.command(buffer, text, end - text));
  }

  /** Whether the frame has a statement that the proxy answers or refuses. */
  boolean answered(byte tag, ByteBuf buffer, int offset, int available, int length) {
    QueryInterceptor asked = calls;
    if (asked == null || available < length || tag != QUERY && tag != PARSE) {
      return false;
    }
    int text = text(tag, buffer, offset, length);
    int end = buffer.indexOf(text, offset + length, (byte) 0);
    return end >= 0
        && asked.concerns(buffer, text, end - text)
        && asked.answers(
            buffer.toString(text, end - text, StandardCharsets.UTF_8),
            tag == PARSE ? types(buffer, offset) : NO_TYPES,
            tag == QUERY);
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
    inHand = null;
    try {
      if (tag == BIND && !cursors.none()) {
        cursors.bound(name(buffer, offset + FrameScanner.HEADER, offset + length));
      }
      Next shaped = shapes(tag, buffer, offset, available, length);
      if (shaped != null) {
        return shaped;
      }
    } catch (MalformedMessageException e) {
      stay();
      return Next.GO_ON;
    }
    if (session.status() == 'E') {
      if (extended.unsynced()) {
        stay();
      } else {
        session.lease().onAnyOne();
      }
      return Next.GO_ON;
    }
    if (choice.made()) {
      session.lease().routeTo(shards.shard(choice.shard()), null);
      return Next.GO_ON;
    }
    try {
      return place(tag, buffer, offset, available, length);
    } catch (MalformedMessageException e) {
      // Told where the message itself is read.
      stay();
      return Next.GO_ON;
    }
  }

  /** What becomes of a frame with a statement about the transaction; null if it is none. */
  private @Nullable Next shapes(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return null;
    }
    String sql =
        switch (tag) {
          case QUERY, PARSE -> plainText(tag, buffer, offset, length);
          case BIND -> boundText(buffer, offset, length);
          default -> "";
        };
    if (sql.isEmpty()) {
      return null;
    }
    ShardedStatement statement = shards.statement(sql);
    inHand = statement;
    inHandAt = offset;
    TransactionEffect effect = statement.effect();
    if (effect == TransactionEffect.NONE) {
      return null;
    }
    if (effect == TransactionEffect.SEVERAL && session.lease().spread()) {
      return fail(CONTROL_AMONG_OTHERS);
    }
    if (effect == TransactionEffect.SEVERAL && choice.local()) {
      return fail(CONTROL_OF_LOCAL);
    }
    if (tag != PARSE && effect == TransactionEffect.BEGINS) {
      session.lease().begins();
    }
    if (tag != PARSE) {
      history.runs(effect, sql, !extended.executed());
      if (ENDING.contains(effect)) {
        choice.transactionEnds();
      }
    }
    if (effect == TransactionEffect.MARKS || effect == TransactionEffect.SEVERAL) {
      return null;
    }
    if (tag == PARSE && !bound()) {
      // Where it goes is said by what comes behind it.
      return null;
    }
    if (session.upstream() == null) {
      return null;
    }
    if (extended.unsynced()) {
      if (session.lease().partly()) {
        return history.inBlock() ? turns(true) : fail(CONTROL_AMONG_OTHERS);
      }
      stay();
    } else {
      session.lease().everywhere();
    }
    return Next.GO_ON;
  }

  private String boundText(ByteBuf buffer, int offset, int length) {
    byte[] definition = boundDefinition(buffer, offset, length);
    return definition == null ? "" : definitionText(definition);
  }

  /** The text, if all of it can be read. */
  private static String plainText(byte tag, ByteBuf buffer, int offset, int length) {
    int text = text(tag, buffer, offset, length);
    int end = buffer.indexOf(text, offset + length, (byte) 0);
    return end < 0 ? "" : buffer.toString(text, end - text, StandardCharsets.UTF_8);
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
        stay();
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
    return statement == null ? Next.FAIL : take(cursors.route(statement, Arguments.NONE, NO_TYPES));
  }

  private Next parse(ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return tooLong();
    }
    ShardedStatement statement = statement(PARSE, buffer, offset, length);
    if (statement == null) {
      return Next.FAIL;
    }
    if (bound() && extended.unsynced()) {
      // Where it is used is decided when it is bound.
      stay();
      return Next.GO_ON;
    }
    ShardRoute own = alone(statement);
    // Parsed on all shards it does no harm; its Bind is looked at, too.
    return own instanceof ShardRoute.Stay
        ? ahead(buffer, offset, statement, false)
        : take(inBatch(own, buffer, offset));
  }

  /** Where the statement goes whatever its parameters are; STAY if that is not known. */
  private ShardRoute alone(ShardedStatement statement) {
    return statement.needsArguments()
        ? ShardRoute.STAY
        : cursors.route(statement, Arguments.NONE, NO_TYPES);
  }

  /**
   * The first frame of the batch behind the one in hand that says where it goes.
   *
   * @param onOne whether the one in hand may not go to several shards
   */
  private Next ahead(ByteBuf buffer, int offset, ShardedStatement first, boolean onOne) {
    BatchAhead batch = new BatchAhead(buffer, offset);
    while (true) {
      BatchAhead.Frame frame = batch.next();
      if (frame == BatchAhead.Frame.INCOMPLETE) {
        awaiting = true;
        return Next.HOLD;
      }
      if (frame == BatchAhead.Frame.END) {
        if (bound()) {
          // A transaction needs no further shard to parse something.
          session.lease().onAnyOne();
          return Next.GO_ON;
        }
        return take(first.anywhere(shards));
      }
      ShardRoute route = said(buffer, batch, frame);
      if (route == null) {
        return Next.FAIL;
      }
      if (!(route instanceof ShardRoute.Stay)) {
        return onOne && several(route) ? fail(ON_EACH) : take(inBatch(route, buffer, offset));
      }
    }
  }

  /** What a frame ahead says of where the batch goes; null if its text cannot be read. */
  private @Nullable ShardRoute said(ByteBuf buffer, BatchAhead batch, BatchAhead.Frame frame) {
    return switch (frame) {
      case PARSE -> {
        ShardedStatement parsed = statement(PARSE, buffer, batch.at(), batch.length());
        yield parsed == null ? null : alone(parsed);
      }
      case BIND -> bound(buffer, batch);
      // Describe, Execute and Close say nothing of places.
      case OTHER, INCOMPLETE, END -> ShardRoute.STAY;
    };
  }

  /** Where a Bind ahead goes: of a statement parsed in the batch, or known from before. */
  private ShardRoute bound(ByteBuf buffer, BatchAhead batch) {
    int parse = batch.parse();
    if (parse >= 0) {
      int length = 1 + buffer.getInt(parse + 1);
      ShardedStatement parsed = statement(PARSE, buffer, parse, length);
      return parsed == null
          ? ShardRoute.STAY
          : cursors.route(
              parsed, arguments(buffer, batch.at(), batch.length()), types(buffer, parse));
    }
    return route(buffer, batch.at(), batch.length());
  }

  private Next bind(ByteBuf buffer, int offset, int available, int length) {
    if (available < length) {
      return tooLong();
    }
    ShardRoute route = route(buffer, offset, length);
    String portal = name(buffer, offset + FrameScanner.HEADER, offset + length);
    if (route instanceof ShardRoute.Stay stay && !bound()) {
      return ahead(buffer, offset, STAYING, stay.onOne());
    }
    return take(cursors.binds(portal, inBatch(route, buffer, offset)));
  }

  /**
   * A batch is on the shards of its first statement. One that has more statements reads from all
   * shards, so that those behind the first need no others.
   */
  private ShardRoute inBatch(ShardRoute route, ByteBuf buffer, int offset) {
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

  private static boolean several(ShardRoute route) {
    return route instanceof ShardRoute.To to && to.how() != null;
  }

  /** Where its portal is. */
  private Next execute(ByteBuf buffer, int offset, int length) {
    int at = offset + FrameScanner.HEADER;
    int size = NameField.length(buffer, at, offset + length);
    String portal = name(buffer, at, offset + length);
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
      cursors.closes(name(buffer, kind + 1, offset + length));
    }
    boolean leads = tag == CLOSE && !extended.unsynced() && session.lease().spread();
    if (leads && new BatchAhead(buffer, offset).binds()) {
      return closedAhead(buffer, offset);
    }
    boolean goesAlong = tag == CLOSE && extended.unsynced();
    if (goesAlong || !named) {
      stay();
      return Next.GO_ON;
    }
    return toPortal(name(buffer, kind + 1, offset + length), 0);
  }

  /**
   * Drivers close what they no longer need ahead of the next statement, which says where the batch
   * goes; what is left open elsewhere ends with the transaction.
   */
  private Next closedAhead(ByteBuf buffer, int offset) {
    BatchAhead batch = new BatchAhead(buffer, offset);
    while (true) {
      BatchAhead.Frame frame = batch.next();
      if (frame == BatchAhead.Frame.INCOMPLETE) {
        awaiting = true;
        return Next.HOLD;
      }
      if (frame == BatchAhead.Frame.END) {
        session.lease().everywhere();
        return Next.GO_ON;
      }
      ShardRoute route = said(buffer, batch, frame);
      if (route == null) {
        return Next.FAIL;
      }
      if (route instanceof ShardRoute.Stay stay && stay.onOne()) {
        session.lease().onAnyOne();
        return Next.GO_ON;
      }
      if (!(route instanceof ShardRoute.Stay)) {
        return take(inBatch(route, buffer, offset));
      }
    }
  }

  private Next toPortal(String portal, int rows) {
    UpstreamProvider place = cursors.of(portal);
    if (place == null) {
      stay();
    } else {
      session.lease().routeTo(place, shards.portal(portal, rows, null));
    }
    return Next.GO_ON;
  }

  private static String name(ByteBuf buffer, int from, int to) {
    int length = NameField.length(buffer, from, to);
    return length == 0 ? "" : buffer.toString(from, length, StandardCharsets.UTF_8);
  }

  /** Where a Bind of a statement that is known goes. */
  private ShardRoute route(ByteBuf buffer, int offset, int length) {
    byte[] definition = boundDefinition(buffer, offset, length);
    if (definition == null) {
      // One of the proxy's own, or none: then that is what is told.
      return ShardRoute.STAY;
    }
    ShardedStatement present = inHandAt == offset ? inHand : null;
    ShardedStatement statement =
        present == null ? shards.statement(definitionText(definition)) : present;
    int[] types =
        types(Unpooled.wrappedBuffer(definition), zero(definition) + 1, definition.length);
    return cursors.route(statement, arguments(buffer, offset, length), types);
  }

  private byte @Nullable [] boundDefinition(ByteBuf buffer, int offset, int length) {
    int portal = offset + FrameScanner.HEADER;
    int name = portal + NameField.length(buffer, portal, offset + length) + 1;
    int nameLength = NameField.length(buffer, name, offset + length);
    return extended.definition(buffer, name, nameLength);
  }

  private static int zero(byte[] definition) {
    int zero = 0;
    while (definition[zero] != 0) {
      zero++;
    }
    return zero;
  }

  private static String definitionText(byte[] definition) {
    return new String(definition, 0, zero(definition), StandardCharsets.UTF_8);
  }

  private Arguments arguments(ByteBuf buffer, int offset, int length) {
    return new BindReader(buffer, offset, length).arguments().encoded(session.readsUtf8());
  }

  /** Where the text of a Parse begins; negative if its name does not end. */
  private static int afterName(ByteBuf buffer, int offset, int length) {
    int start = offset + FrameScanner.HEADER;
    int zero = buffer.indexOf(start, offset + length, (byte) 0);
    return zero < 0 ? -1 : zero + 1;
  }

  // ---- texts ---------------------------------------------------------------------------------

  private static int text(byte tag, ByteBuf buffer, int offset, int length) {
    int start = offset + FrameScanner.HEADER;
    return tag == QUERY ? start : start + NameField.length(buffer, start, offset + length) + 1;
  }

  /** What is known of the text; null if it cannot be read for what it is. */
  private @Nullable ShardedStatement statement(byte tag, ByteBuf buffer, int offset, int length) {
    int text = text(tag, buffer, offset, length);
    int end = buffer.indexOf(text, offset + length, (byte) 0);
    if (end < 0) {
      end = offset + length;
    }
    error = unreadable(buffer, text, end);
    if (error != null) {
      return null;
    }
    ShardedStatement present = inHandAt == offset ? inHand : null;
    return present == null
        ? shards.statement(buffer.toString(text, end - text, StandardCharsets.UTF_8))
        : present;
  }

  private @Nullable PgError unreadable(ByteBuf buffer, int from, int to) {
    boolean utf8 = session.readsUtf8();
    boolean plain = !session.state().plainBackslashes();
    if (utf8 && plain) {
      return null;
    }
    for (int i = from; i < to; i++) {
      byte each = buffer.getByte(i);
      if (each < 0 && !utf8) {
        return unreadable("client_encoding", "UTF8");
      }
      if (each == '\\' && !plain) {
        return unreadable("standard_conforming_strings", "on");
      }
    }
    return null;
  }

  private static PgError unreadable(String parameter, String value) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "this statement is routed to its shard only if " + parameter + " is " + value)
        .withHint("Choose a shard with SET SHARD TO n, or set " + parameter + ".");
  }

  private static int[] types(ByteBuf buffer, int parse) {
    int end = parse + 1 + buffer.getInt(parse + 1);
    int zero = buffer.indexOf(text(PARSE, buffer, parse, end - parse), end, (byte) 0);
    return zero < 0 ? NO_TYPES : types(buffer, zero + 1, end);
  }

  private static int[] types(ByteBuf buffer, int from, int end) {
    int count = end - from < 2 ? 0 : Math.min(buffer.getUnsignedShort(from), (end - from - 2) / 4);
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = buffer.getInt(from + 2 + 4 * i);
    }
    return types;
  }

  // ---- places --------------------------------------------------------------------------------

  /** Whether the server in use is that of a transaction or a batch. */
  private boolean bound() {
    return session.inTransaction();
  }

  private void stay() {
    if (session.upstream() == null) {
      session
          .lease()
          .routeTo(shards.shard(choice.made() ? choice.shard() : shards.unchosen()), null);
    } else {
      session.lease().staysWhereItIs();
    }
  }

  /** Amid a batch the frame goes to all shards that it has been on, or to one. */
  private Next turns(boolean toAll) {
    return session.lease().turns(toAll) ? Next.GO_ON : Next.HOLD;
  }

  /** As {@link #stay}, but on one shard. */
  private Next onOne() {
    if (!(session.upstream() instanceof Spread spread) || spread.aimedAt() < 2) {
      stay();
      return Next.GO_ON;
    }
    if (bound() && extended.unsynced()) {
      return turns(false);
    }
    if (bound()) {
      session.lease().onAnyOne();
      return Next.GO_ON;
    }
    session.lease().routeTo(shards.shard(shards.unchosen()), null);
    return Next.GO_ON;
  }

  private Next take(ShardRoute route) {
    return switch (route) {
      case ShardRoute.To to -> {
        session.lease().routeTo(to.servers(), to.how());
        yield Next.GO_ON;
      }
      case ShardRoute.Stay stay when stay.onOne() -> onOne();
      case ShardRoute.Stay stay -> {
        if (bound() && !extended.unsynced()) {
          session.lease().everywhere();
        } else {
          stay();
        }
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
