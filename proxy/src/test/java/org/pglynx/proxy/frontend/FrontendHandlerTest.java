package org.pglynx.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.startup;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.session.Admissions;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.ClientQuota;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.session.SniRoutes;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.Trace;

/** Layer 2: Netty's events as a session sees them, with a database that has no servers. */
class FrontendHandlerTest {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final SessionRegistry registry = new SessionRegistry(1);
  private final EmbeddedChannel channel = connect(new EmbeddedChannel());

  private EmbeddedChannel connect(EmbeddedChannel connected) {
    NonceSource zeros = byte[]::new;
    ProcessSecret secret = ProcessSecret.random(zeros);
    Conversation.Factory none =
        (upstream, loop, callers, flushOnly, status, closer) -> {
          throw new UnsupportedOperationException();
        };
    SessionProfile profile =
        new SessionProfile(
            "pglynx",
            "app",
            SessionPolicy.TRANSACTIONS,
            new SessionProfile.Statements(null, new StatementRegistry(1), none),
            loop -> new SessionProfile.Place(null, new PoolCounters()),
            Map.of("server_version", "18.0"),
            ClientQuota.NONE);
    Admissions everybody =
        caller ->
            CompletableFuture.completedFuture(
                new Admissions.Proof(
                    AuthMethod.TRUST, null, AuthMethod.MD5, keys -> profile, null));
    ClientDoor door =
        new ClientDoor(
            everybody,
            new ClientAuthentication(secret, new VerifierCache(secret, 2, 10), zeros),
            registry,
            Runnable::run,
            0,
            TlsMode.DISABLE,
            SniRoutes.NONE,
            new LogConfig(false, false));
    connected.config().setAllocator(buffers.allocator());
    connected.pipeline().addLast(new FrontendHandler(door, null, null));
    connected.pipeline().fireChannelActive();
    return connected;
  }

  @AfterEach
  void finish() {
    assertThat(channel.finish()).as("something was left unread").isFalse();
  }

  private void sends(byte[]... messages) {
    for (byte[] message : messages) {
      channel.writeInbound(buffers.of(message));
    }
    channel.runPendingTasks();
  }

  private List<String> got() {
    ByteBuf all = buffers.allocator().buffer();
    try {
      for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
        all.writeBytes(next);
        next.release();
      }
      return Trace.ofServer(all);
    } finally {
      all.release();
    }
  }

  /** A connection of which either half can be closed, as those of TCP are. */
  private static final class Duplex extends EmbeddedChannel implements DuplexChannel {
    private boolean ended;

    @Override
    public boolean isInputShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOutputShutdown() {
      return ended;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      ended = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void no_timer_keeps_what_belonged_to_a_client_that_has_closed_too() {
    Duplex duplex = new Duplex();
    connect(duplex);
    duplex.writeInbound(buffers.of(startup(0, "user", "app")));
    duplex.runPendingTasks();
    duplex.writeInbound(buffers.of(new byte[] {'y', 0, 0, 0, 4}));
    duplex.runPendingTasks();
    assertThat(duplex.isOutputShutdown()).isTrue();
    assertThat(duplex.isActive()).as("it may have bytes on the way").isTrue();
    duplex.close();

    assertThat(duplex.runScheduledPendingTasks()).as("the next timer").isEqualTo(-1);
    duplex.releaseOutbound();
  }

  @Test
  void a_client_that_has_said_goodbye_is_not_waited_for() {
    Duplex duplex = new Duplex();
    connect(duplex);
    duplex.writeInbound(buffers.of(startup(0, "user", "app")));
    duplex.writeInbound(buffers.of(terminate()));
    duplex.runPendingTasks();

    assertThat(duplex.isActive()).isFalse();
    assertThat(duplex.isOutputShutdown()).isFalse();
    assertThat(duplex.runScheduledPendingTasks()).as("the next timer").isEqualTo(-1);
    duplex.releaseOutbound();
  }

  @Test
  void what_a_client_has_asked_for_before_its_goodbye_goes_out_before_the_end() {
    sends(FrontendBytes.all(startup(0, "user", "app"), query("select 1"), terminate()));

    assertThat(got()).containsExactly("R", "S server_version=18.0", "K", "Z I", "E 0A000", "Z I");
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void all_that_a_login_says_is_one_write() {
    sends(startup(0, "user", "app"));

    assertThat(channel.outboundMessages()).hasSize(1);
    assertThat(got()).containsExactly("R", "S server_version=18.0", "K", "Z I");
  }

  @Test
  void a_client_logs_in_asks_and_leaves() {
    sends(startup(0, "user", "app"));
    assertThat(got()).containsExactly("R", "S server_version=18.0", "K", "Z I");
    sends(query("select 1"));
    assertThat(got()).containsExactly("E 0A000", "Z I");
    sends(terminate());
    assertThat(got()).isEmpty();
    assertThat(channel.isActive()).isFalse();
    assertThat(registry.views()).isEmpty();
    assertThat(registry.clients()).as("its place is free again").isZero();
  }

  @Test
  void the_last_words_are_out_before_the_connection_is_closed() {
    sends(startup(0, "user", "app"), new byte[] {'y', 0, 0, 0, 4});
    assertThat(got()).last().isEqualTo("E FATAL 08P01");
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void a_failing_handler_closes_the_connection_and_releases_its_session() {
    sends(startup(0, "user", "app"));
    got();
    channel.pipeline().fireExceptionCaught(new java.io.IOException("reset by peer"));
    channel.runPendingTasks();
    assertThat(channel.isActive()).isFalse();
    assertThat(registry.views()).isEmpty();
  }
}
