package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.StartupPacket;

/**
 * The untagged packets at the beginning of a connection.
 *
 * <pre>
 *   NEGOTIATING ── SSLRequest: 'S' and a TLS handshake, or 'N' ──► NEGOTIATING
 *        │ ├────── GSSENCRequest: 'N' ────────────► NEGOTIATING
 *        │ ├────── either, not awaited ───────────► FATAL, closed (tcop/backend_startup.c)
 *        │ ├────── CancelRequest ─────────────────► closed once it is taken, without a reply
 *        │ └────── StartupMessage ────────────────► {@link LoginStage}
 *        └──────── malformed, too long, too late ─► FATAL, closed
 * </pre>
 */
final class StartupStage implements ClientEnd.Stage {
  private final ClientDoor door;
  private final ClientEnd client;
  private final @Nullable ScheduledFuture<?> deadline;
  private final LoginMemory.Share memory;
  private @Nullable ByteBuf pending;
  private boolean tlsDone;
  private boolean gssDone;
  private boolean over;

  StartupStage(ClientDoor door, ClientEnd client, LoginMemory.Share memory) {
    this.door = door;
    this.memory = memory;
    this.client = client;
    this.deadline =
        door.loginTimeoutMillis() == 0
            ? null
            : client
                .loop()
                .schedule(client::close, door.loginTimeoutMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes the connection, unless too many others are here that have not logged in. */
  void begin() {
    if (!memory.connected()) {
      refuse(memory.tooMany());
    }
  }

  @Override
  public boolean takesHandshake() {
    if (over || memory.encrypts()) {
      return !over;
    }
    // It would understand no error before the handshake.
    finish();
    cancelDeadline();
    return false;
  }

  @Override
  public void onRead(ByteBuf in) {
    if (over) {
      in.release();
      return;
    }
    ByteBuf all = in;
    ByteBuf before = pending;
    if (before != null) {
      all = before.alloc().buffer(before.readableBytes() + in.readableBytes());
      all.writeBytes(before).writeBytes(in);
      before.release();
      in.release();
    }
    pending = all;
    try {
      while (!over && complete(all)) {
        packet(all);
      }
    } catch (ProtocolException e) {
      refuse(e.toError());
    }
    if (over) {
      return;
    }
    if (!all.isReadable()) {
      drop();
      memory.buffers(0);
    } else if (!memory.buffers(all.readableBytes())) {
      refuse(memory.tooMuch());
    }
  }

  private static boolean complete(ByteBuf all) {
    if (all.readableBytes() < 4) {
      return false;
    }
    int length = all.getInt(all.readerIndex());
    if (length < 8 || length > StartupPacket.MAX_LENGTH) {
      throw new ProtocolException("invalid length of startup packet");
    }
    return all.readableBytes() >= length;
  }

  private void packet(ByteBuf all) {
    StartupPacket packet = StartupPacket.read(all);
    all.skipBytes(all.getInt(all.readerIndex()));
    switch (packet) {
      case StartupPacket.SslRequest request -> {
        if (tlsDone) {
          unsupported(1234, 5679);
        } else {
          requireNothing(all, "SSL");
          answerTls();
        }
      }
      case StartupPacket.GssRequest request -> {
        if (gssDone) {
          unsupported(1234, 5680);
        } else {
          requireNothing(all, "GSSAPI encryption");
          tlsDone = false;
          gssDone = true;
          say('N');
        }
      }
      case StartupPacket.Cancel cancel -> {
        finish();
        // As with Postgres, the end of the connection says that the request has been taken.
        door.registry()
            .onCancelRequest(cancel.pid(), cancel.key(), client.loop())
            .thenRun(() -> client.loop().execute(client::close));
      }
      case StartupPacket.Startup startup -> startup(startup, all);
    }
  }

  /** Bytes behind the request were sent before its answer was known (CVE-2021-3935). */
  private static void requireNothing(ByteBuf all, String what) {
    if (all.isReadable()) {
      throw new ProtocolException("received unencrypted data after " + what + " request");
    }
  }

  /** A client that has begun with TLS may ask for it, and is told no (tcop/backend_startup.c). */
  private void answerTls() {
    boolean encrypts = client.tls() == null && client.offersTls();
    if (encrypts && !memory.encrypts()) {
      refuse(memory.tooMany());
      return;
    }
    tlsDone = true;
    gssDone = encrypts;
    say(encrypts ? 'S' : 'N');
    if (encrypts) {
      client.startTls();
    }
  }

  /** Postgres takes a request that is not awaited for a StartupMessage of that version. */
  private void unsupported(int major, int minor) {
    refuse(
        PgError.fatal(
                SqlState.FEATURE_NOT_SUPPORTED,
                "unsupported frontend protocol "
                    + major
                    + "."
                    + minor
                    + ": server supports 3.0 to 3.2")
            .withRoutine("ProcessStartupPacket"));
  }

  private void say(char answer) {
    client.write(client.allocator().buffer(1).writeByte(answer));
    client.flush();
  }

  private void startup(StartupPacket.Startup startup, ByteBuf all) {
    if (startup.major() != 3) {
      unsupported(startup.major(), startup.minor());
      return;
    }
    String replication = startup.parameters().get(ReplicationMode.PARAMETER);
    if (replication != null && ReplicationMode.named(replication) == null) {
      refuse(ReplicationMode.unknown(replication));
      return;
    }
    if (startup.parameters().getOrDefault("user", "").isEmpty()) {
      refuse(
          PgError.fatal(
              SqlState.INVALID_AUTHORIZATION,
              "no PostgreSQL user name specified in startup packet"));
      return;
    }
    PgError insecure = TlsDemand.refusal(door.tls(), client, startup.parameters());
    if (insecure != null) {
      refuse(insecure);
      return;
    }
    StartupPacket.Startup routed = door.sniRoutes().route(client.tls(), startup);
    PgError full = full(routed);
    if (full != null) {
      refuse(full);
      return;
    }
    negotiate(startup);
    ByteBuf rest = all.isReadable() ? all.retainedSlice() : null;
    finish();
    memory.buffers(0);
    LoginStage login = new LoginStage(door, client, routed, deadline, memory);
    client.become(login);
    login.begin();
    if (rest != null) {
      login.onRead(rest);
    }
  }

  /**
   * As with Postgres a full house is told before any proof. Who asks for an admin database is
   * counted after it: anybody can write its name, and the places reserved for it are few.
   */
  private @Nullable PgError full(StartupPacket.Startup startup) {
    boolean toAdmin =
        ProxyConfig.ADMIN_DATABASES.contains(startup.parameters().getOrDefault("database", ""));
    return toAdmin ? null : door.registry().admit(client, false);
  }

  /**
   * Newer minor versions and protocol options are answered with what is served: 3.2, no options.
   */
  private void negotiate(StartupPacket.Startup startup) {
    List<String> unknown = startup.protocolOptions();
    if (startup.minor() <= StartupPacket.LATEST_MINOR && unknown.isEmpty()) {
      return;
    }
    ByteBuf out = client.allocator().buffer(64);
    int mark = FrameWriter.begin(out, BackendTag.NEGOTIATE_VERSION);
    // The whole version, as Postgres sends it: libpq 18 takes a lone minor number for 2.x or older.
    out.writeInt(3 << 16 | startup.spokenMinor()).writeInt(unknown.size());
    unknown.forEach(option -> FrameWriter.cstring(out, option));
    FrameWriter.finish(out, mark);
    client.write(out);
  }

  private void refuse(PgError error) {
    finish();
    cancelDeadline();
    ByteBuf out = client.allocator().buffer(128);
    FrameWriter.error(out, error);
    client.write(out);
    client.flush();
    client.close();
  }

  private void finish() {
    over = true;
    drop();
  }

  private void drop() {
    ByteBuf kept = pending;
    pending = null;
    if (kept != null) {
      kept.release();
    }
  }

  private void cancelDeadline() {
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
    // Some bytes only are written here.
  }

  @Override
  public void onClosed() {
    memory.release();
    finish();
    cancelDeadline();
  }
}
