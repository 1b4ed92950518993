package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.transport.TlsDialers;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: what the proxy believes of a server's answer to SSLRequest. */
class ServerTlsTest {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final TlsDialers dialers = new TlsDialers();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final Login login = new Login();

  /** What the connection is for; notes what it is told and given. */
  private static final class Login extends ServerTls.User {
    private @Nullable PgError refusal;
    private boolean active;
    private boolean encrypted;
    private int bytes;

    @Override
    void encrypted(ChannelBinding binding) {
      encrypted = true;
    }

    @Override
    void refused(PgError error) {
      refusal = error;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      active = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      bytes += ((ByteBuf) message).readableBytes();
      ((ByteBuf) message).release();
    }
  }

  private EmbeddedChannel ask(TlsMode mode) {
    ServerTlsConfig config =
        new ServerTlsConfig(mode, Optional.empty(), Optional.empty(), Optional.empty());
    dialers.prepare(config);
    BackendTarget target =
        new BackendTarget(
            "db",
            5432,
            "shop",
            "app",
            new ServerCredential.None(),
            1000,
            100,
            true,
            config,
            Map.of());
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(buffers.allocator());
    channel.pipeline().addLast(new ServerTls(target, dialers.of(config), login));
    channel.pipeline().fireChannelActive();
    channels.add(channel);
    assertThat(sent(channel)).containsExactly(0, 0, 0, 8, 4, 210, 22, 47);
    return channel;
  }

  /** The bytes that the server has got, without sign. */
  private static List<Integer> sent(EmbeddedChannel channel) {
    List<Integer> bytes = new ArrayList<>();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      while (next.isReadable()) {
        bytes.add((int) next.readUnsignedByte());
      }
      next.release();
    }
    return bytes;
  }

  private void says(EmbeddedChannel channel, String text) {
    if (channel.isActive()) {
      channel.writeInbound(buffers.of(text.getBytes(StandardCharsets.ISO_8859_1)));
      channel.runPendingTasks();
    }
  }

  private String refusal() {
    PgError error = login.refusal;
    return error == null ? "" : error.code() + " " + error.detail();
  }

  @AfterEach
  void finish() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    dialers.close();
  }

  @Test
  void yes_begins_a_handshake_and_nothing_is_said_in_clear() {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    says(channel, "S");
    assertThat(sent(channel)).as("a record with a ClientHello").startsWith(22, 3, 1);
    assertThat(login.active).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"ALLOW", "PREFER"})
  void no_makes_a_plain_connection_where_the_mode_lets_it(TlsMode mode) {
    EmbeddedChannel channel = ask(mode);
    says(channel, "N");
    assertThat(login.active).isTrue();
    assertThat(login.encrypted).isFalse();
    says(channel, "abc");
    assertThat(login.bytes).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"REQUIRE", "VERIFY_FULL"})
  void no_is_the_end_where_tls_is_required(TlsMode mode) {
    EmbeddedChannel channel = ask(mode);
    says(channel, "N");
    assertThat(login.active).isFalse();
    assertThat(refusal()).contains("08001", "does not support TLS");
    assertThat(channel.isActive()).isFalse();
  }

  /** AuthenticationOk and ReadyForQuery in clear, which a man in the middle could put there. */
  private static final String STUFFED = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 9, 10, 14, 15})
  void bytes_stuffed_behind_the_answer_are_never_used_CVE_2021_3935_43767(int more) {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    says(channel, "S" + STUFFED.substring(0, more));
    says(channel, STUFFED.substring(more));
    assertThat(refusal()).contains("received unencrypted data after SSL response");
    assertThat(login.active).isFalse();
    assertThat(login.bytes).isZero();
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void bytes_that_come_alone_behind_the_answer_are_no_handshake() {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    says(channel, "S");
    says(channel, STUFFED);
    assertThat(login.active).isFalse();
    assertThat(login.bytes).isZero();
    assertThat(refusal()).contains("the TLS handshake failed");
    assertThat(channel.isActive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "N1, received unencrypted data",
    "ESFATAL, error response during SSL exchange",
    "x, invalid response"
  })
  void any_other_answer_is_refused(String answer, String why) {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    says(channel, answer);
    assertThat(refusal()).contains("08001", why);
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void an_unproved_error_message_is_not_shown_CVE_2024_10977() {
    says(ask(TlsMode.PREFER), "E\0\0\0\40SFATAL\0C28000\0Mtype your password\0\0");
    assertThat(refusal()).doesNotContain("type your password");
  }

  @Test
  void a_server_that_leaves_is_told() {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    channel.close();
    channel.runPendingTasks();
    assertThat(refusal()).contains("closed the connection");
  }

  @Test
  void a_server_that_does_not_answer_is_given_up() {
    EmbeddedChannel channel = ask(TlsMode.PREFER);
    channel.advanceTimeBy(1001, java.util.concurrent.TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(refusal()).contains("in time");
    assertThat(channel.isActive()).isFalse();
  }
}
