package org.pglynx.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConnectionTest {
  private final List<CompletableFuture<Answer>> later = new ArrayList<>();
  private final List<Request> seen = new ArrayList<>();

  private final Routes routes =
      Routes.builder()
          .on(Method.GET, "/here", this::echo)
          .on(Method.POST, "/here", this::echo)
          .on(Method.GET, "/later", request -> next())
          .on(
              Method.GET,
              "/thrown",
              request -> {
                throw new IllegalStateException("secret");
              })
          .under(Method.GET, "/files/", this::echo)
          .under(Method.GET, "/files/deep/", request -> answer("deep"))
          .build();

  private final OpenConnections open = new OpenConnections(2);
  private final EmbeddedChannel channel = connected(open);

  private EmbeddedChannel connected(OpenConnections among) {
    HttpConnection connection = new HttpConnection(routes, among);
    EmbeddedChannel connected =
        new EmbeddedChannel(
            new HttpServerCodec(), new HttpObjectAggregator(1024, true), connection);
    if (!among.admits(connection)) {
      connected.close();
    }
    return connected;
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void a_request_whose_bytes_come_without_end_is_not_waited_for() {
    for (int second = 0; second < HttpConnection.PATIENCE_SECONDS; second += 10) {
      send("G");
      channel.advanceTimeBy(10, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void one_connection_too_many_closes_the_oldest_that_gets_no_answer() {
    EmbeddedChannel second = connected(open);

    EmbeddedChannel third = connected(open);

    assertThat(channel.isOpen()).isFalse();
    assertThat(second.isOpen()).isTrue();
    assertThat(third.isOpen()).isTrue();
    second.finish();
    third.finish();
  }

  @Test
  void who_is_being_answered_stays_when_there_is_one_connection_too_many() {
    send("GET /later HTTP/1.1\n\n");
    EmbeddedChannel second = connected(open);

    EmbeddedChannel third = connected(open);

    assertThat(channel.isOpen()).isTrue();
    assertThat(second.isOpen()).isFalse();
    third.finish();
  }

  private CompletionStage<Answer> echo(Request request) {
    seen.add(request);
    return answer(
        request.method()
            + " "
            + request.path()
            + " "
            + request.query()
            + " "
            + new String(request.body(), StandardCharsets.UTF_8));
  }

  private static CompletionStage<Answer> answer(String text) {
    return CompletableFuture.completedFuture(Answer.text(200, text));
  }

  private CompletionStage<Answer> next() {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    later.add(answer);
    return answer;
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text.replace("\n", "\r\n"), StandardCharsets.UTF_8));
    channel.runPendingTasks();
  }

  private String received() {
    channel.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString().replace("\r\n", "\n");
  }

  private String asked(String request) {
    send(request);
    return received();
  }

  @Test
  void a_route_answers_with_what_the_request_says() {
    String answer = asked("POST /here?a=1&b=%20x HTTP/1.1\ncontent-length: 2\nX-One: y\n\nhi");

    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\n")
        .endsWith("\n\nPOST /here {a=[1], b=[ x]} hi");
    assertThat(seen.getFirst().header("x-one")).isEqualTo("y");
  }

  @Test
  void head_is_get_without_the_body() {
    String get = asked("GET /here HTTP/1.1\n\n");
    String head = asked("HEAD /here HTTP/1.1\n\n");

    assertThat(head).isEqualTo(get.substring(0, get.indexOf("\n\n") + 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/her", "/here/", "/files", "/HERE"})
  void what_is_not_there_is_not_found(String path) {
    assertThat(asked("GET " + path + " HTTP/1.1\n\n")).startsWith("HTTP/1.1 404");
  }

  @Test
  void another_method_is_told_which_there_are() {
    assertThat(asked("DELETE /here HTTP/1.1\n\n"))
        .startsWith("HTTP/1.1 405")
        .contains("\nAllow: GET, POST, HEAD\n");
    assertThat(asked("BREW /files/x HTTP/1.1\n\n"))
        .startsWith("HTTP/1.1 405")
        .contains("\nAllow: GET, HEAD\n");
  }

  @Test
  void the_longest_folder_answers() {
    assertThat(asked("GET /files/a HTTP/1.1\n\n")).endsWith("GET /files/a {} ");
    assertThat(asked("GET /files/deep/a HTTP/1.1\n\n")).endsWith("\n\ndeep");
  }

  @Test
  void requests_sent_ahead_are_answered_in_their_order() {
    send("GET /later HTTP/1.1\n\nGET /here HTTP/1.1\n\nGET /later HTTP/1.1\n\n");
    assertThat(received()).isEmpty();

    later.getFirst().complete(Answer.text(200, "first"));

    assertThat(received()).contains("first", "GET /here").doesNotContain("third");
    later.get(1).complete(Answer.text(200, "third"));
    assertThat(received()).endsWith("third");
  }

  @Test
  void the_client_is_not_read_while_it_is_answered() {
    send("GET /later HTTP/1.1\n\n");
    assertThat(channel.config().isAutoRead()).isFalse();

    later.getFirst().complete(Answer.text(200, "now"));
    received();

    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void a_failure_is_told_without_its_words() {
    assertThat(asked("GET /thrown HTTP/1.1\n\n"))
        .startsWith("HTTP/1.1 500")
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /a%zz HTTP/1.1\n\n", "NONSENSE\n\n", "GET /here HTTP/1.1\n:\n\n"})
  void what_is_no_request_is_refused_and_the_connection_closed(String request) {
    assertThat(asked(request)).startsWith("HTTP/1.1 400");
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void a_body_that_is_too_large_is_refused() {
    assertThat(asked("POST /here HTTP/1.1\ncontent-length: 5000\n\n")).startsWith("HTTP/1.1 413");
  }

  @Test
  void a_client_that_closes_gets_its_answer_and_is_closed() {
    assertThat(asked("GET /here HTTP/1.1\nConnection: close\n\n")).contains("GET /here");
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void a_client_that_sends_without_end_and_reads_nothing_is_closed() {
    send("GET /later HTTP/1.1\n\n".repeat(40));

    assertThat(channel.isActive()).isFalse();
    later.forEach(each -> each.complete(Answer.text(200, "late")));
    received();
  }
}
