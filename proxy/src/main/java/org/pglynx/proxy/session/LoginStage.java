package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.AuthMessage;
import org.pglynx.proxy.auth.ClientAuthenticator;
import org.pglynx.proxy.auth.Step;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client proves who it is and learns the server's parameters.
 *
 * <pre>
 *   PROVING ── p… ──► PROVING ── success ──► ASKING (a server reports its parameters) ──► {@link Session}
 *      │ failure, timeout, violation            │ no server, parameter refused
 *      └──────────────────► FATAL, closed ◄─────┘
 * </pre>
 */
final class LoginStage implements ClientEnd.Stage, FrameScanner.Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(LoginStage.class);

  /** Postgres' own limit for authentication messages (PG_MAX_AUTH_TOKEN_LENGTH). */
  private static final int MAX_MESSAGE = 65_535;

  /** What a client may send ahead of its login's end. */
  private static final int MAX_AHEAD = 128 << 10;

  private final ClientDoor door;
  private final ClientEnd client;
  private final String database;
  private final String user;
  private final Map<String, String> startup;
  private final @Nullable ScheduledFuture<?> deadline;
  private final FrameScanner scanner = new FrameScanner(this);
  private Admissions.@Nullable Admission admission;
  private @Nullable ClientAuthenticator authenticator;
  private @Nullable ParameterQuestion question;
  private boolean asking;
  private boolean over;

  LoginStage(
      ClientDoor door,
      ClientEnd client,
      Map<String, String> startup,
      @Nullable ScheduledFuture<?> deadline) {
    this.door = door;
    this.client = client;
    this.startup = startup;
    this.user = startup.getOrDefault("user", "");
    String named = startup.getOrDefault("database", "");
    this.database = named.isEmpty() ? user : named;
    this.deadline = deadline;
  }

  /** Sends the first challenge. */
  void begin() {
    Admissions.Admission found = door.admissions().admit(database, user);
    admission = found;
    if (door.authentication().ready(found.method(), user, found.secret())) {
      challenge(found);
      return;
    }
    scanner.pause();
    door.offload()
        .execute(() -> {
          door.authentication().prepare(found.method(), user, found.secret());
          client.loop().execute(() -> prepared(found));
        });
  }

  private void prepared(Admissions.Admission found) {
    if (!over) {
      challenge(found);
      scanner.resume();
      client.flush();
    }
  }

  private void challenge(Admissions.Admission found) {
    ClientAuthenticator exchange =
        door.authentication().begin(found.method(), user, found.secret(), found.unknownLike());
    authenticator = exchange;
    step(exchange.first());
  }

  @Override
  public void onRead(ByteBuf in) {
    try {
      scanner.feed(in);
      if (scanner.pendingBytes() > MAX_AHEAD) {
        // Nothing is due from the client before its login is over; the session reads on.
        client.reading(false);
      }
    } catch (ProtocolException e) {
      refuse(PgError.fatal(SqlState.PROTOCOL_VIOLATION, String.valueOf(e.getMessage())));
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
    ClientAuthenticator exchange = authenticator;
    if (asking || exchange == null) {
      return Verdict.HOLD;
    }
    // wanted() is not asked about frames that are complete at once.
    wanted(tag, length);
    byte[] body = new byte[length - FrameScanner.HEADER];
    buffer.getBytes(offset + FrameScanner.HEADER, body);
    step(exchange.next(body));
    return over ? Verdict.STOP : Verdict.DROP;
  }

  @Override
  public void onRun(ByteBuf run) {
    run.release();
  }

  private void step(Step step) {
    switch (step) {
      case Step.Continue next -> send(next.message());
      case Step.Success success -> {
        success.messages().forEach(this::send);
        proven();
      }
      case Step.Failure failure -> {
        LOG.info(
            "login refused: database={} user={} client={} reason={}",
            database,
            user,
            client.remoteAddress(),
            failure.reason());
        refuse(
            new PgError(
                PgError.Severity.FATAL, failure.kind().sqlState(), failure.message(), null, null));
      }
    }
  }

  private void send(AuthMessage message) {
    byte[] body = message.body();
    ByteBuf out = client.allocator().buffer(5 + body.length);
    out.writeByte(BackendTag.AUTHENTICATION).writeInt(4 + body.length).writeBytes(body);
    client.write(out);
  }

  private void proven() {
    Admissions.Admission found = admission;
    SessionProfile profile = found == null ? null : found.profile();
    if (profile == null) {
      PgError refusal = found == null ? null : found.refusal();
      refuse(
          refusal == null
              ? PgError.fatal(
                  SqlState.INVALID_AUTHORIZATION, "role \"" + user + "\" does not exist")
              : refusal);
      return;
    }
    ParameterSet asked;
    try {
      asked = ParameterSet.of(TrackedParameters.of(startup));
    } catch (IllegalArgumentException e) {
      refuse(PgError.fatal(SqlState.FEATURE_NOT_SUPPORTED, String.valueOf(e.getMessage())));
      return;
    }
    asking = true;
    question = new ParameterQuestion(this, profile, profile.on(client.loop()), asked);
    // Not from here: an answer that is known at once would hand the scanner over to the session
    // while it still stands on the password message.
    client.loop().execute(this::ask);
  }

  private void ask() {
    ParameterQuestion asked = question;
    if (!over && asked != null) {
      asked.ask();
    }
  }

  /** The server has reported its parameters: the session begins. */
  void answered(
      SessionProfile profile,
      SessionProfile.Place place,
      ParameterSet asked,
      Map<String, String> reported) {
    if (over) {
      return;
    }
    finish();
    Session session = new Session(client, profile, place, door.registry(), asked);
    ByteBuf out = client.allocator().buffer(1024);
    new LinkedHashMap<>(reported)
        .forEach((name, value) -> FrameWriter.parameterStatus(out, name, value));
    int mark = FrameWriter.begin(out, BackendTag.KEY_DATA);
    out.writeInt(session.id()).writeBytes(session.cancelKey());
    FrameWriter.finish(out, mark);
    FrameWriter.ready(out, (byte) 'I');
    client.write(out);
    client.become(session);
    client.flush();
    if (door.log().clientConnections()) {
      LOG.info(
          "login: session={} database={} user={} client={}",
          session.id(),
          database,
          user,
          client.remoteAddress());
    }
    scanner.moveTo(session.scanner());
    session.onReadComplete();
  }

  ClientEnd client() {
    return client;
  }

  void refuse(PgError error) {
    if (over) {
      return;
    }
    finish();
    scanner.stop();
    ByteBuf out = client.allocator().buffer(128);
    FrameWriter.error(out, error);
    client.write(out);
    client.flush();
    client.close();
  }

  private void finish() {
    over = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void onReadComplete() {
    client.flush();
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
    finish();
    scanner.stop();
  }
}
