package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TargetSessionAttrs;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * A logged-in client: owns its state. Confined to the client's event loop. {@link FrontendFrames}
 * decides about frames, {@link ServerLease} holds the server; this class is what the decisions are
 * made of.
 *
 * <pre>
 *                local statement begins                     Terminate, end of file,
 *   RELAYING ────────────────────────────► ANSWERING        protocol violation, shutdown
 *      ▲                                      │             from anywhere ──► CLOSED
 *      └──────────────── its end ◄────────────┘
 * </pre>
 *
 * <p>What has a state of its own is seen to by {@link LocalAnswer}, {@link Lending}, {@link
 * Backpressure}, {@link SessionActivity}, {@link SessionState}, {@link ClientTransaction}, {@link
 * ClientParameters} and {@link Channels}.
 */
public final class Session implements ClientEnd.Stage, LiveClient {
  private final ClientEnd client;
  private final SessionProfile profile;
  private final SessionProfile.Place place;
  private final SessionRegistry registry;
  private final ServerLease lease;
  private final SessionState state;
  private final FrontendFrames frames;
  private final ExtendedQueries extended;
  private final FrameScanner scanner;
  private final SecondTry second;
  private final ServerReplies fromServer;
  private final SessionActivity activity;
  private final LocalAnswer localAnswer = new LocalAnswer();
  private final Lending lending;
  private final Backpressure backpressure;
  private final ClientReplies replies;
  private final byte[] cancelKey;
  private final int id;
  private @Nullable SessionWatch watch;
  private final ClientParameters parameters;
  private final Channels channels;
  private final ClientTransaction transaction = new ClientTransaction();
  private final @Nullable Routing routing;

  private boolean closed;
  private long reads;
  private @Nullable PgError parting;

  /** A session whose statements go to whichever server they are for. */
  Session(
      ClientEnd client,
      SessionProfile profile,
      SessionProfile.Place place,
      SessionRegistry registry,
      ParameterSet parameters,
      byte[] cancelKey) {
    this(
        client,
        profile,
        place,
        SessionTarget.of(TargetSessionAttrs.ANY),
        registry,
        parameters,
        cancelKey);
  }

  /**
   * A session that has just logged in with the given parameters.
   *
   * @param target the servers that it may use
   * @param cancelKey the secret that its client is told for cancel requests
   */
  Session(
      ClientEnd client,
      SessionProfile profile,
      SessionProfile.Place place,
      SessionTarget target,
      SessionRegistry registry,
      ParameterSet parameters,
      byte[] cancelKey) {
    this.client = client;
    this.profile = profile;
    this.place = place;
    this.activity = new SessionActivity(place.counters());
    this.replies = new ClientReplies(client, activity.counts(), activity.pool());
    this.registry = registry;
    this.parameters = new ClientParameters(this, profile, parameters);
    this.channels = new Channels(this, place.hub());
    this.routing = Routing.of(this, profile, target);
    this.lease = new ServerLease(this, place);
    this.state =
        new SessionState(this, profile.onSessionState(), parameters, registry.scan(client.loop()));
    this.frames = new FrontendFrames(this, profile);
    this.extended = frames.extended();
    this.scanner = new FrameScanner(frames);
    this.second = new SecondTry(this, frames, scanner);
    this.lending = new Lending(this, lease, frames);
    this.backpressure = new Backpressure(this, client, lease, scanner);
    this.fromServer = new ServerReplies(this, frames, scanner, second, replies);
    this.cancelKey = cancelKey;
    this.id = registry.register(this);
    this.watch = registry.watch(this, profile.timeLimits());
    activity.trace(registry.statementLog().trace(this));
    activity.pool().login();
  }

  // ---- facts ---------------------------------------------------------------------------------

  int id() {
    return id;
  }

  @Override
  public byte[] cancelKey() {
    return cancelKey;
  }

  @Override
  public ScheduledExecutorService loop() {
    return client.loop();
  }

  boolean onLoop() {
    return client.onLoop();
  }

  boolean unsynced() {
    return extended.unsynced();
  }

  ClientEnd client() {
    return client;
  }

  @Override
  public SessionProfile profile() {
    return profile;
  }

  FrameScanner scanner() {
    return second.scanner();
  }

  /** What is counted and told of its statements. */
  SessionActivity activity() {
    return activity;
  }

  /** What the proxy itself does for the client now. */
  LocalAnswer localAnswer() {
    return localAnswer;
  }

  /** What lends the session's server to the proxy's own work. */
  Lending lending() {
    return lending;
  }

  /** What keeps either side from being read faster than the other takes. */
  Backpressure backpressure() {
    return backpressure;
  }

  /** A statement is passed on. */
  void queries() {
    sends();
    SeveralServers several = lease.several();
    if (several != null) {
      several.history().sent();
      activity.pool().width(several.width());
    }
    activity.passed();
  }

  /** Where its statements run; empty if it has no server. */
  String serverName() {
    Upstream server = lease.upstream();
    return server == null ? "" : server.describe();
  }

  /** Something that is answered is passed on. */
  void sends() {
    if (routing != null) {
      routing.sends();
    }
  }

  /** What the client's servers must have. */
  ParameterSet parameters() {
    return parameters.values();
  }

  /** Whether the client reads UTF-8. */
  boolean readsUtf8() {
    return parameters.readsUtf8();
  }

  /** Where it listens. */
  Channels channels() {
    return channels;
  }

  /** Where its work goes; null if there is but one server. */
  @Nullable Routing routing() {
    return routing;
  }

  /** What the client believes of its transaction. */
  ClientTransaction transaction() {
    return transaction;
  }

  @Nullable UpstreamProvider provider() {
    return place.provider();
  }

  /** The shards of the database; null if it has but one. */
  @Nullable Shards shards() {
    return place.shards();
  }

  /** I, T or E as the client was last told. */
  byte status() {
    return transaction.status();
  }

  /** Whether the server works, or may work, on a transaction of this session. */
  boolean inTransaction() {
    return lease.upstream() != null && (!transaction.none() || extended.unsynced());
  }

  /** The client is about to be told this status for something that no server has answered. */
  void statusIs(byte newStatus) {
    transaction.isWithoutServer(newStatus);
    activity.answered(newStatus == 'I', false);
  }

  boolean closed() {
    return closed;
  }

  /** How often bytes have come from the client. */
  long reads() {
    return reads;
  }

  /**
   * Whether frames must wait: for a server, for outstanding replies, for a local answer, or for a
   * cancel request to be taken.
   */
  boolean blocked() {
    return localAnswer.underWay() || lease.blocked() || channels.attaching();
  }

  @Override
  public ClientView view() {
    String name = parameters.applicationName();
    long waitNanos = lease.checkout().waitNanos(System.nanoTime());
    String none = ReplicationMode.NONE.word();
    Upstream server = lease.upstream();
    String link = server == null ? "" : server.ptr();
    return ClientView.of(
        id,
        profile,
        client,
        name,
        activity.counts(),
        new ClientView.Doing(stateName(), waitNanos, extended.names(), state.reason(), none, link));
  }

  @Override
  public @Nullable RunningView running() {
    return Running.of(this);
  }

  @Override
  public void onStatementLog() {
    if (!closed) {
      activity.trace(registry.statementLog().trace(this));
    }
  }

  private String stateName() {
    if (lease.checkout().waiting()) {
      return "waiting";
    }
    return lease.upstream() != null || localAnswer.underWay() ? "active" : "idle";
  }

  // ---- the client's side ---------------------------------------------------------------------

  @Override
  public void onRead(ByteBuf in) {
    reads++;
    try {
      scanner.feed(in);
      frames.moreRead();
    } catch (ProtocolException e) {
      violated(e);
    }
  }

  /** Takes what the client has sent ahead of the end of its login. */
  void takeOver(FrameScanner login) {
    try {
      login.moveTo(scanner);
    } catch (ProtocolException e) {
      violated(e);
    }
  }

  private void violated(ProtocolException e) {
    die(e.toError());
  }

  @Override
  public void onReadComplete() {
    lease.flush();
    client.flush();
    lease.releaseIfIdle();
    channels.deliver();
    endIfDrained();
    backpressure.regulate();
  }

  @Override
  public void onClosed() {
    if (!closed) {
      end();
    }
  }

  /** Tells the client why, and ends the session. */
  void die(PgError error) {
    if (closed) {
      return;
    }
    Upstream server = lease.upstream();
    if (server == null || !server.midReply()) {
      write(error);
    }
    end();
    client.close();
  }

  /** Ends the session without a word. */
  void cutOff() {
    end();
    client.close();
  }

  /** Terminate. */
  void terminated() {
    end();
    client.hangUp();
  }

  private void end() {
    channels.close();
    // What is announced must be sent, or the server's replies would no longer match.
    scanner.cut();
    closed = true;
    registry.unregister(id);
    if (watch != null) {
      watch.stop();
    }
    profile.leave();
    extended.ended();
    localAnswer.abandon();
    frames.forgetLookup();
    lease.end();
    scanner.stop();
    second.stop();
    if (routing != null) {
      routing.close();
    }
  }

  @Override
  public CompletionStage<Void> onCancelRequest() {
    Upstream server = lease.upstream();
    if (localAnswer.cancel()) {
      return CompletableFuture.completedStage(null);
    }
    if (server != null && !server.drained()) {
      return lease.cancel(server);
    } else if (lease.checkout().waiting()) {
      lease.checkout().cancel();
    } else {
      frames.cancelLookup();
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onDrain(PgError why) {
    parting = why;
    endIfDrained();
  }

  void endIfDrained() {
    PgError why = parting;
    if (why != null && !closed && betweenTransactions()) {
      onShutdown(why);
    }
  }

  @Override
  public void onTimeLimits(TimeLimits limits) {
    if (closed) {
      return;
    }
    if (watch != null) {
      watch.stop();
    }
    watch = registry.watch(this, limits);
  }

  private boolean betweenTransactions() {
    Upstream server = lease.upstream();
    return transaction.none()
        && !second.underWay()
        && !blocked()
        && !extended.unsynced()
        && !scanner.hasPending()
        && (server == null || server.drained());
  }

  @Override
  public void onShutdown(PgError why) {
    die(why);
  }

  @Override
  public void onWritable() {
    channels.deliver();
    backpressure.regulate();
  }

  /**
   * The proxy itself is about to answer amid a batch: what a replica has said before is the
   * client's, and the batch cannot be done again elsewhere.
   */
  void speaks() {
    if (routing != null) {
      routing.tellHeld();
    }
  }

  void write(PgError error) {
    activity.failedHere(error);
    replies.error(parameters.encoding().told(error));
  }

  /** Appends ReadyForQuery to a reply of the proxy's own, behind what must go ahead of it. */
  void endReply(ByteBuf reply) {
    channels.beforeOwnReady(reply);
    FrameWriter.ready(reply, transaction.status());
  }

  void writeReady() {
    ByteBuf out = client.allocator().buffer(6);
    endReply(out);
    client.write(out);
  }

  // ---- notifications -------------------------------------------------------------------------

  /** Whether the client waits for nothing: Postgres would pass on notifications. */
  boolean rests() {
    Upstream server = lease.upstream();
    return !closed
        && transaction.none()
        && !localAnswer.underWay()
        && frames.rest()
        && (server == null || server.drained())
        && client.writable();
  }

  // ---- the server's side ---------------------------------------------------------------------

  /** The session's hold on a server. */
  ServerLease lease() {
    return lease;
  }

  /** What hears the session's server. */
  ServerReplies fromServer() {
    return fromServer;
  }

  /** See {@link ServerLease#upstream}. */
  @Nullable Upstream upstream() {
    return lease.upstream();
  }

  /** See {@link ServerLease#attach}. */
  boolean attach() {
    return lease.attach();
  }

  /** See {@link ServerLease#takeRefusal}. */
  @Nullable PgError takeRefusal() {
    return lease.takeRefusal();
  }

  /** See {@link ServerLease#settled}. */
  boolean settled() {
    return lease.settled();
  }

  /** Whether the client no longer needs the very server that it has. */
  boolean spares() {
    return transaction.none()
        && !profile.sessionPooling()
        && !localAnswer.underWay()
        && !channels.attaching()
        && !frames.needsServer()
        && !scanner.midFrame();
  }

  void serverReleased() {
    if (routing != null) {
      routing.released();
    }
    state.serverGone();
    extended.serverReleased();
    backpressure.serverReleased();
    if (parting != null) {
      // Not amid what has released it; nothing of that server's will call any more.
      client.loop().execute(this::endIfDrained);
    }
  }

  /** The server has lost the unnamed statement to a Query of the proxy's own. */
  void unnamedElsewhere() {
    extended.unnamedElsewhere();
  }

  /** What the client's statements leave behind. */
  SessionState state() {
    return state;
  }

  /** What the client has set. */
  ClientParameters clientParameters() {
    return parameters;
  }

  /** The server's answer about the session's state is there. */
  void inquired() {
    Upstream server = lease.upstream();
    if (profile.sessionPooling() && server != null) {
      lease.keep(server);
    } else {
      lease.releaseIfIdle();
    }
  }

  /** Visits held frames again. */
  void resume() {
    if (closed) {
      return;
    }
    try {
      if (second.sends()) {
        scanner.resume();
      }
    } catch (ProtocolException e) {
      violated(e);
    }
    if (!closed) {
      onReadComplete();
    }
  }

  // ---- local answers -------------------------------------------------------------------------

  /** The error of a local answer as the client is to see it. */
  PgError retold(PgError error) {
    return watch == null ? error : watch.retold(error);
  }

  /** The local answer has ended. */
  void answered() {
    localAnswer.ended();
    activity.answeredHere();
  }

  /** Fails the transaction that the server has open, if it has one, or that none has begun yet. */
  void failTransaction(boolean extended) {
    Upstream server = lease.upstream();
    if (server == null) {
      frames.failDeferred();
      return;
    }
    if (transaction.status() != 'T' && !unsynced()) {
      return;
    }
    scanner.cut();
    server.failTransaction(extended);
    if (!extended && transaction.status() == 'T') {
      transaction.is((byte) 'E');
    }
  }
}
