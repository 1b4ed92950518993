package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.Choices;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/**
 * Fuzz target: a server that answers a login with any messages, cut and mutated.
 *
 * <p>Holds: the login ends once, well or with an error; a server that was to prove that it knows
 * the password is not believed; every buffer is released.
 */
public final class ServerLoginFuzz {
  private static final NonceSource ZEROS = byte[]::new;

  private static final List<byte[]> SAID =
      List.of(
          authentication(0, ""),
          authentication(3, ""),
          authentication(5, "salt"),
          authentication(7, ""),
          authentication(10, "SCRAM-SHA-256\0\0"),
          authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"),
          authentication(11, "r=AAAAAAAAAAAAAAAAAAAAAAAAx,s=c2FsdA==,i=1"),
          authentication(11, "r=x,s=c2FsdA==,i=4294967295"),
          authentication(12, "v=AAAA"),
          BackendBytes.parameter("server_version", "18.0"),
          frame('K', out -> out.writeInt(1).writeInt(2)),
          frame('K', out -> out.writeInt(1)),
          frame('v', out -> out.writeInt(3 << 16).writeInt(0)),
          BackendBytes.notice("note"),
          BackendBytes.error("28P01", "wrong"),
          BackendBytes.fatal("53300", "too many"),
          frame('E', out -> {}),
          frame('E', out -> out.writeByte('C')),
          BackendBytes.ready('I'));

  private final Choices choices;
  private final LiveBuffers buffers = new LiveBuffers();
  private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
  private final Owner owner = new Owner();

  private ServerLoginFuzz(Choices choices) {
    this.choices = choices;
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    new ServerLoginFuzz(new Choices(input)).run();
  }

  private static byte[] authentication(int code, String data) {
    return frame(
        'R', out -> out.writeInt(code).writeBytes(data.getBytes(StandardCharsets.US_ASCII)));
  }

  private ServerCredential credential() {
    return choices.flag()
        ? new ServerCredential.Secret(new StoredSecret.Plain("sesame open"))
        : new ServerCredential.None();
  }

  private void run() {
    BackendTarget target =
        new BackendTarget(
            "db",
            5432,
            "shop",
            "app",
            credential(),
            1000,
            100,
            true,
            ServerTlsConfig.NONE,
            Map.of());
    BackendConnection connection =
        new BackendConnection(target, new NoConnector(), owner, offloaded::add);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(buffers.allocator());
    channel.freezeTime();
    BackendLogin login =
        new BackendLogin(
            connection,
            new BackendLogin.Attempt(
                choices.flag() ? ProtocolVersion.V3_0 : ProtocolVersion.V3_2,
                this::older,
                null,
                () -> {}),
            offloaded::add,
            new ScramKeyCache(10),
            ZEROS);
    channel.pipeline().addLast(login);
    login.channelActive(channel.pipeline().context(login));
    while (choices.more() && channel.isActive()) {
      says(channel, message());
    }
    channel.close();
    work(channel);
    assertThat(owner.outcomes).as("how often the login has ended").isEqualTo(1);
    channel.finishAndReleaseAll();
    assertThat(buffers.bytes()).as("bytes of buffers that nobody released").isZero();
  }

  /** Another login begins elsewhere. */
  private void older() {
    owner.outcomes++;
  }

  private byte[] message() {
    return switch (choices.below(6)) {
      case 0, 1, 2 -> choices.of(SAID);
      case 3, 4 -> choices.perhapsMutated(choices.of(SAID));
      default -> choices.bytes(choices.below(24));
    };
  }

  private void says(EmbeddedChannel channel, byte[] bytes) {
    int cut = choices.flag() ? choices.below(bytes.length + 1) : bytes.length;
    reads(channel, Arrays.copyOf(bytes, cut));
    reads(channel, Arrays.copyOfRange(bytes, cut, bytes.length));
  }

  private void reads(EmbeddedChannel channel, byte[] bytes) {
    if (bytes.length > 0 && channel.isActive()) {
      channel.writeInbound(buffers.of(bytes));
      work(channel);
    }
  }

  private void work(EmbeddedChannel channel) {
    channel.runPendingTasks();
    for (Runnable task = offloaded.poll(); task != null; task = offloaded.poll()) {
      task.run();
    }
    channel.runPendingTasks();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      next.release();
    }
  }

  private static final class Owner implements BackendOwner {
    private int outcomes;

    @Override
    public void onConnected(BackendConnection connection) {
      outcomes++;
    }

    @Override
    public void onConnectFailed(PgError error) {
      outcomes++;
    }

    @Override
    public void onIdle(BackendConnection connection) {}

    @Override
    public void onClosed(BackendConnection connection) {}
  }

  private static final class NoConnector implements Connector {
    @Override
    public void connect(BackendTarget target, io.netty.channel.EventLoop loop, BackendOwner owner) {
      throw new UnsupportedOperationException("nothing else is to be connected");
    }

    @Override
    public java.util.concurrent.CompletionStage<Void> cancel(
        BackendTarget target,
        @Nullable SocketAddress server,
        io.netty.channel.EventLoop loop,
        int pid,
        byte[] key) {
      throw new UnsupportedOperationException("there is nothing to cancel");
    }
  }
}
