package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.Reply;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.ServerAuthenticator;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Logs a fresh connection in to its server, then makes room for the {@link Newcomer}'s handler.
 *
 * <pre>
 * CONNECTING ── active: StartupMessage ──► LOGGING_IN ── R… ──► (S, K collected) ── Z ──► done
 *     │                                       │ E, refusal, timeout, EOF
 *     └────────────── refused ────────────────┴──────────────► failed
 * </pre>
 */
final class BackendLogin extends ServerTls.User implements FrameScanner.Visitor {
  /**
   * A try at logging in.
   *
   * @param protocol the version to ask for, one of {@link ProtocolVersion}
   * @param older runs instead of a failure if the server does not know the version
   * @param otherwise runs instead of a failure if the server's rules let nobody in this way: plain
   *     if this is encrypted, or the other way about; null if only this way is wanted
   * @param agreed runs when the server has let us in
   */
  record Attempt(int protocol, Runnable older, @Nullable Runnable otherwise, Runnable agreed) {
    /** Whether there is an older version to ask for. */
    boolean mayBeOlder() {
      return protocol != ProtocolVersion.V3_0;
    }
  }

  /** No message of a login is longer; the protocol's own limit for SASL data. */
  private static final int MAX_MESSAGE = 65_535;

  private final Newcomer connection;
  private final Executor offload;
  private final ScramKeyCache keys;
  private final Attempt attempt;
  private final NonceSource nonces;
  private ServerAuthenticator authenticator;
  private final FrameScanner scanner = new FrameScanner(this);
  private @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean silent = true;
  private boolean begun;
  private boolean proven;
  private boolean ready;
  private boolean over;

  /**
   * A login.
   *
   * @param attempt with which version of the protocol
   */
  BackendLogin(
      Newcomer connection,
      Attempt attempt,
      Executor offload,
      ScramKeyCache keys,
      NonceSource nonces) {
    this.connection = connection;
    this.attempt = attempt;
    this.offload = offload;
    this.keys = keys;
    this.nonces = nonces;
    this.authenticator = authenticator(false, ChannelBinding.NONE);
  }

  private ServerAuthenticator authenticator(boolean encrypted, ChannelBinding binding) {
    BackendTarget target = connection.target();
    return new ServerAuthenticator(
        target.user(), target.credential().present(), encrypted, binding, keys, nonces);
  }

  @Override
  void encrypted(ChannelBinding binding) {
    authenticator = authenticator(true, binding);
  }

  @Override
  void refused(PgError error) {
    failed(error);
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    BackendTarget target = connection.target();
    ByteBuf out = active.alloc().buffer(256);
    out.writeInt(0).writeInt(attempt.protocol());
    FrameWriter.cstring(out, "user");
    FrameWriter.cstring(out, target.user());
    FrameWriter.cstring(out, "database");
    FrameWriter.cstring(out, target.database());
    connection
        .asked()
        .forEach((name, value) -> {
          FrameWriter.cstring(out, name);
          FrameWriter.cstring(out, value);
        });
    out.writeByte(0);
    out.setInt(0, out.writerIndex());
    active.writeAndFlush(out);
    timeout =
        active
            .executor()
            .schedule(this::timedOut, target.connectTimeoutMillis(), TimeUnit.MILLISECONDS);
  }

  private void timedOut() {
    failed(
        PgError.error(
            SqlState.CANNOT_CONNECT,
            "the server at "
                + connection.target().describe()
                + " did not finish the login within "
                + connection.target().connectTimeoutMillis()
                + " ms"));
  }

  /** Ends the login with an error; only the first call counts. */
  void failed(PgError error) {
    if (over) {
      return;
    }
    over = true;
    stop();
    connection.loginFailed(error);
  }

  private void stop() {
    scanner.stop();
    ScheduledFuture<?> running = timeout;
    if (running != null) {
      running.cancel(false);
    }
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ignored, Object message) {
    try {
      silent = false;
      scanner.feed((ByteBuf) message);
      if (ready && !over) {
        finish();
      }
    } catch (ProtocolException e) {
      refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    if (silent && !over && attempt.mayBeOlder()) {
      tryOlder();
      return;
    }
    failed(
        PgError.error(
            SqlState.CANNOT_CONNECT,
            "the server at " + connection.target().describe() + " closed the connection at login"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
    refused(String.valueOf(cause.getMessage()));
  }

  @Override
  public int wanted(byte tag, int length) {
    if (length > MAX_MESSAGE) {
      throw new ProtocolException("a login message of " + length + " bytes");
    }
    return length;
  }

  @Override
  public void onRun(ByteBuf run) {
    run.release();
  }

  @Override
  public FrameScanner.Verdict onFrame(
      byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (over) {
      return FrameScanner.Verdict.STOP;
    }
    if (ready) {
      // What comes behind the login is not for this.
      return FrameScanner.Verdict.HOLD;
    }
    switch (tag) {
      case BackendTag.AUTHENTICATION -> {
        begun = true;
        answer(authenticator.on(body(buffer, offset, length)));
      }
      case BackendTag.NEGOTIATE_VERSION ->
          ProtocolVersion.checkNegotiated(attempt.protocol(), buffer, offset, length);
      case BackendTag.PARAMETER_STATUS -> connection.noteParameter(buffer, offset, length);
      case BackendTag.KEY_DATA -> connection.noteKey(body(buffer, offset, length));
      case BackendTag.ERROR -> onError(ErrorFields.read(buffer, offset, length));
      case BackendTag.READY -> onReady();
      default -> {
        // Notices change nothing.
      }
    }
    return over ? FrameScanner.Verdict.STOP : FrameScanner.Verdict.DROP;
  }

  /** A server that was asked to prove itself must not get around it by being ready at once. */
  private void onReady() {
    if (proven) {
      ready = true;
    } else {
      refused("the server is ready before it has accepted the login");
    }
  }

  private void onError(PgError error) {
    Runnable otherwise = attempt.otherwise();
    if (!begun && otherwise != null && refusesWay(error)) {
      over = true;
      stop();
      otherwise.run();
    } else if (!begun && attempt.mayBeOlder() && refusesVersion(error)) {
      tryOlder();
    } else {
      failed(error);
    }
  }

  /** Postgres and poolers have no other reason for these before they ask for a password. */
  private static boolean refusesVersion(PgError error) {
    return error.code().equals(SqlState.FEATURE_NOT_SUPPORTED.code())
        || error.code().equals(SqlState.PROTOCOL_VIOLATION.code());
  }

  /** No pg_hba.conf entry: the only such error before a password is asked for. */
  private static boolean refusesWay(PgError error) {
    return error.code().equals(SqlState.INVALID_AUTHORIZATION.code());
  }

  private void tryOlder() {
    over = true;
    stop();
    attempt.older().run();
  }

  private static byte[] body(ByteBuf buffer, int offset, int length) {
    byte[] body = new byte[length - FrameScanner.HEADER];
    buffer.getBytes(offset + FrameScanner.HEADER, body);
    return body;
  }

  private void answer(Reply reply) {
    switch (reply) {
      case Reply.Send send -> sendPassword(send.body());
      case Reply.Derive derive -> derive(derive);
      case Reply.Await await -> {
        // The server's AuthenticationOk comes next.
      }
      // ParameterStatus, BackendKeyData and ReadyForQuery come next.
      case Reply.Done done -> proven = true;
      case Reply.Refused refused -> refused(refused.why());
    }
  }

  private void sendPassword(byte[] body) {
    ChannelHandlerContext active = context;
    if (active == null) {
      return;
    }
    ByteBuf out = active.alloc().buffer(5 + body.length);
    out.writeByte(FrontendTag.PASSWORD).writeInt(4 + body.length).writeBytes(body);
    active.writeAndFlush(out);
  }

  private void derive(Reply.Derive derive) {
    ChannelHandlerContext active = context;
    if (active == null) {
      return;
    }
    try {
      offload.execute(() -> derive(derive, active));
    } catch (RejectedExecutionException e) {
      failed(
          PgError.error(
              SqlState.INSUFFICIENT_RESOURCES, "too many connections to servers log in at once"));
    }
  }

  private void derive(Reply.Derive derive, ChannelHandlerContext active) {
    ScramKeys derived = keys.derive(derive.request());
    active
        .executor()
        .execute(() -> {
          if (!over) {
            answer(authenticator.resume(derived));
          }
        });
  }

  private void refused(String why) {
    failed(
        PgError.error(SqlState.CANNOT_CONNECT, "cannot log in at " + connection.target().describe())
            .withDetail(why));
  }

  private void finish() {
    over = true;
    ScheduledFuture<?> running = timeout;
    if (running != null) {
      running.cancel(false);
    }
    ChannelHandlerContext active = context;
    if (active != null) {
      attempt.agreed().run();
      active.pipeline().replace(this, "relay", connection.handler());
      connection.loggedIn(active.channel(), scanner);
    }
  }
}
