package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** Layer 1: how a login at a server ends. */
class ServerLoginTest implements BackendOwner, Connector {
  private static final byte[] ACCEPTED = frame('R', out -> out.writeInt(0));

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> heard = new ArrayList<>();

  ServerLoginTest() {
    channel.config().setAllocator(buffers.allocator());
    BackendConnection connection =
        new BackendConnection(ScriptedServer.TARGET, this, this, Runnable::run);
    BackendLogin login =
        new BackendLogin(
            connection,
            new BackendLogin.Attempt(ProtocolVersion.V3_0, () -> {}, null, () -> {}),
            Runnable::run,
            new ScramKeyCache(10),
            byte[]::new);
    channel.pipeline().addLast(login);
    login.channelActive(channel.pipeline().context(login));
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  private void says(byte[]... messages) {
    channel.writeInbound(buffers.of(FrontendBytes.all(messages)));
    channel.runPendingTasks();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      next.release();
    }
  }

  @Test
  void a_server_that_is_ready_before_it_has_accepted_the_login_is_refused() {
    says(BackendBytes.ready('I'));

    assertThat(heard).singleElement().asString().contains("cannot log in");
  }

  @Test
  void what_a_server_says_in_one_read_with_ready_for_query_is_not_lost() {
    byte[] farewell = BackendBytes.fatal("57P01", "terminating connection");
    says(ACCEPTED, BackendBytes.ready('I'), java.util.Arrays.copyOf(farewell, 7));
    assertThat(heard).containsExactly("connected");
    says(java.util.Arrays.copyOfRange(farewell, 7, farewell.length), BackendBytes.notice("?"));
    channel.close();

    assertThat(heard).containsExactly("connected", "closed");
  }

  @Override
  public void onConnected(BackendConnection connection) {
    heard.add("connected");
  }

  @Override
  public void onConnectFailed(PgError error) {
    heard.add(error.message());
  }

  @Override
  public void onIdle(BackendConnection connection) {
    heard.add("idle");
  }

  @Override
  public void onClosed(BackendConnection connection) {
    heard.add("closed");
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    throw new UnsupportedOperationException("it is connected already");
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    return CompletableFuture.completedFuture(null);
  }
}
