package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMessage;
import org.pglynx.proxy.auth.Step;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.StartupPacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client proves who it is, see {@link ClientProof}, and learns the server's parameters, which one
 * reports while ASKING.
 *
 * <pre>
 *   RECEIVED ── how to ask is known ──► PROVING ── p… ──► PROVING ── success ──► ASKING ──► {@link Session}
 *      │ refused by a rule                 │ failure, timeout, violation           │ no server,
 *      └───────────────────────────────────┴──► FATAL, closed ◄────────────────────┘ parameter refused
 * </pre>
 */
final class LoginStage implements ClientEnd.Stage, FrameScanner.Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(LoginStage.class);

  /** Postgres' own limit for authentication messages (PG_MAX_AUTH_TOKEN_LENGTH). */
  private static final int MAX_MESSAGE = 65_535;

  /** What a client may send ahead of its login's end. */
  private static final int MAX_AHEAD = 128 << 10;

  /** Enough for what most servers report. */
  private static final int OUT_BYTES = 1024;

  private final ClientDoor door;
  private final ClientEnd client;
  private final Caller caller;
  private final StartupPacket.Startup packet;
  private final Map<String, String> startup;
  private final @Nullable ScheduledFuture<?> deadline;
  private final LoginMemory.Share memory;
  private final SessionTarget target;
  private final FrameScanner scanner = new FrameScanner(this);
  private final ClientProof proof;
  private @Nullable ParameterQuestion question;
  private @Nullable SessionProfile entered;
  private @Nullable ByteBuf out;
  private @Nullable Runnable next;
  private boolean asking;
  private boolean over;

  LoginStage(
      ClientDoor door,
      ClientEnd client,
      StartupPacket.Startup packet,
      @Nullable ScheduledFuture<?> deadline,
      LoginMemory.Share memory) {
    this.door = door;
    this.memory = memory;
    this.client = client;
    this.packet = packet;
    this.startup = packet.parameters();
    this.deadline = deadline;
    this.target = SessionTarget.of(door.target());
    this.caller = Caller.of(startup, client.origin());
    this.proof = new ClientProof(this, door, caller);
  }

  /** Finds out how to receive the client, and sends the first challenge. */
  void begin() {
    later(door.admissions().admit(caller), proof::received);
  }

  /**
   * Goes on with an answer: at once if it is here, else when it comes, on the event loop; what the
   * client sends meanwhile waits.
   */
  <T extends @Nullable Object> void later(CompletionStage<T> answer, Consumer<T> then) {
    CompletableFuture<T> coming = answer.toCompletableFuture();
    if (coming.isDone() && !coming.isCompletedExceptionally()) {
      then.accept(coming.join());
      return;
    }
    scanner.pause();
    coming.whenComplete(
        (value, failure) -> client.loop().execute(() -> arrived(value, failure, then)));
  }

  private <T extends @Nullable Object> void arrived(
      T value, @Nullable Throwable failure, Consumer<T> then) {
    if (over) {
      return;
    }
    if (failure == null) {
      then.accept(value);
    } else if (failure instanceof PgErrorException told) {
      refuse(told.error());
    } else {
      LOG.error("a login failed: database={} user={}", caller.database(), caller.user(), failure);
      refuse(PgError.fatal(SqlState.INTERNAL_ERROR, "the login failed by a fault of the proxy"));
    }
    if (!over) {
      client.reading(true);
      readOn();
    }
    onReadComplete();
  }

  private void readOn() {
    try {
      scanner.resume();
    } catch (ProtocolException e) {
      refuse(e.toError());
    }
  }

  @Override
  public void onRead(ByteBuf in) {
    try {
      scanner.feed(in);
      if (!over && !memory.buffers(scanner.pendingBytes())) {
        refuse(memory.tooMuch());
      } else if (scanner.pendingBytes() > MAX_AHEAD) {
        // Nothing is due from the client before its login is over; the session reads on.
        client.reading(false);
      }
    } catch (ProtocolException e) {
      refuse(e.toError());
    }
  }

  @Override
  public int wanted(byte tag, int length) {
    if (asking) {
      return 0;
    }
    if (tag != FrontendTag.PASSWORD) {
      throw new ProtocolException("expected password response, got message type " + (tag & 0xff));
    }
    if (length > MAX_MESSAGE) {
      throw new ProtocolException("an authentication message of " + length + " bytes is too long");
    }
    return length;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (over) {
      return Verdict.STOP;
    }
    if (asking || !proof.begun()) {
      return Verdict.HOLD;
    }
    // wanted() is not asked about frames that are complete at once.
    wanted(tag, length);
    byte[] body = new byte[length - FrameScanner.HEADER];
    buffer.getBytes(offset + FrameScanner.HEADER, body);
    proof.next(body);
    return over ? Verdict.STOP : Verdict.DROP;
  }

  @Override
  public void onRun(ByteBuf run) {
    run.release();
  }

  void refuse(PgError error, String reason) {
    LOG.info(
        "login refused: database={} user={} client={} reason={}",
        caller.database(),
        caller.user(),
        client.remoteAddress(),
        reason);
    refuse(error);
  }

  void send(AuthMessage message) {
    byte[] body = message.body();
    out().writeByte(BackendTag.AUTHENTICATION).writeInt(4 + body.length).writeBytes(body);
  }

  /**
   * What is said until the next flush goes out at once: a segment costs more than all its bytes.
   */
  private ByteBuf out() {
    ByteBuf begun = out;
    if (begun == null) {
      begun = client.allocator().buffer(OUT_BYTES);
      out = begun;
    }
    return begun;
  }

  private void write() {
    ByteBuf written = out;
    out = null;
    if (written != null) {
      client.write(written);
    }
  }

  /**
   * Whether the client is told that it is who it says only together with what it gets: libpq goes
   * on to its next host if a server has no place for it (57P03), but not once it has been let in.
   */
  private boolean holdsBack() {
    return asking && target.role() != null;
  }

  /** The client is who it says. */
  void proven(Admissions.Entry entry, Step.Success success) {
    SessionProfile profile;
    try {
      profile = entry.enter(success.keys());
    } catch (PgErrorException e) {
      refuse(e.error().fatal());
      return;
    }
    PgError full = full(profile);
    if (full != null) {
      profile.occupancy().leave();
      refuse(full);
      return;
    }
    entered = profile;
    SessionProfile.Place place = profile.on(client.loop());
    PgError elsewhere = target.refusal(profile, place);
    ReplicationMode mode = ReplicationMode.of(startup);
    if (elsewhere == null) {
      elsewhere = target.refusal(mode);
    }
    if (elsewhere != null) {
      drop();
      refuse(elsewhere);
      return;
    }
    if (mode != ReplicationMode.NONE) {
      asking = true;
      next = () -> replicate(profile);
      return;
    }
    ParameterSet asked;
    try {
      asked = ParameterSet.of(TrackedParameters.of(startup));
    } catch (IllegalArgumentException e) {
      refuse(PgError.fatal(SqlState.FEATURE_NOT_SUPPORTED, String.valueOf(e.getMessage())));
      return;
    }
    PgError contradicted = target.refusal(asked.values());
    if (contradicted != null) {
      refuse(contradicted);
      return;
    }
    asking = true;
    question = new ParameterQuestion(this, target, profile, place, asked);
    // Not from here: an answer that is known at once would hand the scanner over to the session
    // while it still stands on the password message.
    next = this::ask;
  }

  private @Nullable PgError full(SessionProfile profile) {
    ClientQuota quota = profile.quota();
    PgError process = door.registry().admit(client, quota.admin());
    return process == null ? quota.enter() : process;
  }

  /** The login goes on with a server connection of the client's own, under the same deadline. */
  private void replicate(SessionProfile profile) {
    if (over) {
      return;
    }
    over = true;
    entered = null;
    write();
    client.flush();
    ReplicationStage stage = new ReplicationStage(door, client, profile, packet, deadline, memory);
    client.become(stage);
    stage.begin(scanner);
    client.reading(true);
  }

  private void ask() {
    ParameterQuestion asked = question;
    if (!over && asked != null) {
      asked.ask();
    }
  }

  /** The server has reported its parameters: the session begins. */
  void answered(
      SessionProfile profile, SessionProfile.Place place, ParameterSet asked, Greeting greeting) {
    if (over) {
      return;
    }
    finish();
    memory.release();
    entered = null;
    byte[] cancelKey = door.registry().newKey(packet.spokenMinor());
    Session session =
        new Session(
            client, profile, place, target, door.registry(), profile.shared(asked), cancelKey);
    greet(door.welcome().addsHost() ? named(greeting, session) : greeting, session);
    client.become(session);
    if (door.log().clientConnections()) {
      LOG.info(
          "login: session={} database={} user={} client={}",
          session.id(),
          caller.database(),
          caller.user(),
          client.remoteAddress());
    }
    session.takeOver(scanner);
    session.onReadComplete();
    if (door.registry().stopping()) {
      session.onDrain(LiveClient.STOPPED);
    }
  }

  /** As PgBouncer does it. */
  private Greeting named(Greeting greeting, Session session) {
    String own = session.clientParameters().applicationName();
    String name =
        (own.isEmpty() ? "app" : own) + " - " + client.remoteAddress().replaceFirst("^/", "");
    session.clientParameters().named(name);
    return greeting.named(name);
  }

  private void greet(Greeting greeting, Session session) {
    ByteBuf rest = out();
    greeting.writeTo(rest);
    int mark = FrameWriter.begin(rest, BackendTag.KEY_DATA);
    rest.writeInt(session.id()).writeBytes(session.cancelKey());
    FrameWriter.finish(rest, mark);
    if (!door.welcome().message().isEmpty()) {
      FrameWriter.error(rest, PgError.notice(PgError.Severity.NOTICE, door.welcome().message()));
    }
    FrameWriter.ready(rest, (byte) 'I');
    write();
  }

  ClientEnd client() {
    return client;
  }

  void refuse(PgError error) {
    if (over) {
      return;
    }
    if (holdsBack()) {
      drop();
    }
    finish();
    leave();
    scanner.stop();
    FrameWriter.error(out(), error);
    write();
    client.flush();
    client.close();
  }

  private void finish() {
    over = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** Goes on with what the messages just handled have led to, and sends all that was said. */
  @Override
  public void onReadComplete() {
    Runnable due = next;
    next = null;
    if (due != null) {
      due.run();
    }
    if (!over && !holdsBack()) {
      write();
      client.flush();
    }
  }

  @Override
  public void onWritable() {
    // A login is short.
  }

  @Override
  public void onClosed() {
    ParameterQuestion asked = question;
    if (!over && asked != null) {
      asked.withdraw();
    }
    memory.release();
    finish();
    leave();
    scanner.stop();
    drop();
  }

  private void drop() {
    ByteBuf unsent = out;
    out = null;
    if (unsent != null) {
      unsent.release();
    }
  }

  private void leave() {
    SessionProfile left = entered;
    entered = null;
    if (left != null) {
      left.leave();
    }
  }
}
