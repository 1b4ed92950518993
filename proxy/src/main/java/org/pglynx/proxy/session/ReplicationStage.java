package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.StartupPacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replication connection: the client has proved who it is, and gets a server connection of its
 * own, which ends with it. Confined to the client's event loop.
 *
 * <pre>
 *   OPENING ── server is ready: its parameters, our key, ReadyForQuery ──► STREAMING
 *      │ refused: the server's own words, FATAL                               │ either side closes
 *      │                                                                      │ 57P01 behind a whole frame
 *      └──────────────────────────► CLOSED ◄──────────────────────────────────┘
 * </pre>
 *
 * <p>Frames are only counted, so that nothing is put in amid one; a side is read only while the
 * other takes what it says.
 */
final class ReplicationStage
    implements ClientEnd.Stage, ServerPipe.Receiver, LiveClient, FrameScanner.Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicationStage.class);

  /** What a client may send ahead while its server connection is being opened. */
  private static final int MAX_AHEAD = 128 << 10;

  private final ClientDoor door;
  private final ClientEnd client;
  private final SessionProfile profile;
  private final SessionProfile.Place place;
  private final StartupPacket.Startup packet;
  private final @Nullable ScheduledFuture<?> deadline;
  private final LoginMemory.Share memory;
  private final FrameScanner scanner = new FrameScanner(this);
  private final SessionCounters counts = new SessionCounters();
  private final ClientReplies replies;
  private final byte[] cancelKey;
  private @Nullable ServerPipe pipe;
  private @Nullable PgError farewell;
  private int id;
  private boolean closed;

  /**
   * A client that has just proved who it is.
   *
   * @param profile which it has entered
   * @param deadline of its login; null for none
   * @param memory what its login takes
   */
  ReplicationStage(
      ClientDoor door,
      ClientEnd client,
      SessionProfile profile,
      StartupPacket.Startup packet,
      @Nullable ScheduledFuture<?> deadline,
      LoginMemory.Share memory) {
    this.door = door;
    this.client = client;
    this.profile = profile;
    this.place = profile.on(client.loop());
    this.replies = new ClientReplies(client, counts, place.counters());
    place.counters().login();
    this.packet = packet;
    this.deadline = deadline;
    this.memory = memory;
    this.cancelKey = door.registry().newKey(packet.spokenMinor());
  }

  /** Opens the server connection; takes what the client has sent ahead. */
  void begin(FrameScanner login) {
    scanner.pause();
    login.moveTo(scanner);
    ServerPipe.Provider provider = place.pipes();
    if (provider == null) {
      onRefused(
          PgError.fatal(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the database \"" + profile.database() + "\" has nothing to replicate"));
    } else {
      pipe = provider.open(packet.parameters(), this);
    }
  }

  // ---- facts ---------------------------------------------------------------------------------

  @Override
  public byte[] cancelKey() {
    return cancelKey;
  }

  @Override
  public ScheduledExecutorService loop() {
    return client.loop();
  }

  @Override
  public SessionProfile profile() {
    return profile;
  }

  @Override
  public ClientView view() {
    String name = packet.parameters().getOrDefault("application_name", "");
    String replication = ReplicationMode.of(packet.parameters()).word();
    ServerPipe server = pipe;
    String link = server == null ? "" : server.ptr();
    return ClientView.of(
        id,
        profile,
        client,
        name,
        counts,
        new ClientView.Doing("active", 0, 0, "", replication, link));
  }

  // ---- the client's side ---------------------------------------------------------------------

  @Override
  public void onRead(ByteBuf in) {
    try {
      scanner.feed(in);
    } catch (ProtocolException e) {
      violated(e);
    }
    if (id == 0 && !closed && !memory.buffers(scanner.pendingBytes())) {
      onRefused(memory.tooMuch());
    } else if (id == 0 && scanner.pendingBytes() > MAX_AHEAD) {
      client.reading(false);
    }
  }

  private void violated(ProtocolException e) {
    part(e.toError());
  }

  @Override
  public void onReadComplete() {
    ServerPipe server = pipe;
    if (server != null) {
      server.flush();
    }
    client.flush();
    regulate();
  }

  @Override
  public void onWritable() {
    regulate();
  }

  private void regulate() {
    ServerPipe server = pipe;
    if (!closed && id != 0 && server != null) {
      server.reading(client.writable());
      client.reading(server.writable());
    }
  }

  @Override
  public int wanted(byte tag, int length) {
    return 0;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (tag == FrontendTag.QUERY) {
      counts.query();
      place.counters().query();
    }
    return Verdict.FORWARD;
  }

  @Override
  public void onRun(ByteBuf run) {
    ServerPipe server = pipe;
    if (server == null || closed) {
      run.release();
      return;
    }
    place.counters().fromClient(run.readableBytes());
    server.send(run);
  }

  @Override
  public void onClosed() {
    end();
  }

  @Override
  public CompletionStage<Void> onCancelRequest() {
    ServerPipe server = pipe;
    return server == null || closed ? CompletableFuture.completedStage(null) : server.cancel();
  }

  @Override
  public void onDrain(PgError why) {
    onShutdown(why);
  }

  @Override
  public void onShutdown(PgError why) {
    part(why);
  }

  /** Tells the client why, behind the frame in hand, and ends the connection. */
  private void part(PgError why) {
    ServerPipe server = pipe;
    if (!closed && farewell == null && server != null) {
      farewell = why;
      server.finish();
    }
  }

  private void end() {
    if (closed) {
      return;
    }
    closed = true;
    cancelDeadline();
    if (id != 0) {
      door.registry().unregister(id);
    }
    memory.release();
    profile.leave();
    ServerPipe server = pipe;
    if (server != null) {
      // Whatever the client has said last, a Terminate for example, has been sent by now.
      server.close();
    }
    scanner.stop();
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  // ---- the server's side ---------------------------------------------------------------------

  @Override
  public void onOpened(byte[] parameters) {
    cancelDeadline();
    memory.release();
    id = door.registry().register(this);
    ByteBuf out = client.allocator().buffer(parameters.length + 64);
    out.writeBytes(parameters);
    int mark = FrameWriter.begin(out, BackendTag.KEY_DATA);
    out.writeInt(id).writeBytes(cancelKey);
    FrameWriter.finish(out, mark);
    FrameWriter.ready(out, (byte) 'I');
    client.write(out);
    client.flush();
    if (door.log().clientConnections()) {
      LOG.info(
          "login: session={} database={} user={} client={} replication={}",
          id,
          profile.database(),
          profile.user(),
          client.remoteAddress(),
          ReplicationMode.of(packet.parameters()).word());
    }
    goOn();
    if (door.registry().stopping()) {
      onShutdown(STOPPED);
    }
  }

  private void goOn() {
    try {
      scanner.resume();
    } catch (ProtocolException e) {
      violated(e);
    }
    onReadComplete();
  }

  @Override
  public void onRefused(PgError error) {
    if (!closed) {
      tell(error.fatal());
      end();
      client.close();
    }
  }

  private void tell(PgError error) {
    replies.error(error);
    client.flush();
  }

  @Override
  public void onReplies(ByteBuf run) {
    replies.fromServer(run);
    if (!client.writable()) {
      regulate();
    }
  }

  @Override
  public void onRepliesRead() {
    client.flush();
    regulate();
  }

  @Override
  public void onServerWritable() {
    regulate();
  }

  @Override
  public void onEnded(boolean midFrame) {
    PgError why = farewell;
    if (why != null && !midFrame) {
      tell(why);
    }
    end();
    client.close();
  }
}
