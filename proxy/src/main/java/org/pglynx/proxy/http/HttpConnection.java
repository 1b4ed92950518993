package org.pglynx.proxy.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of an HTTP client: answers its requests one after the other. */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  /** Requests that are read together; who sends more without an answer is no client of ours. */
  private static final int MOST_AHEAD = 16;

  private static final Handler BAD = request -> done(Answer.text(400, "bad request\n"));
  private static final Handler NOTHING = request -> done(Answer.text(404, "not found\n"));

  private record Asked(Request request, Handler handler, boolean head, boolean keeps) {}

  /** In which a whole request must have come, however slowly its bytes do. */
  static final int PATIENCE_SECONDS = 60;

  private final Routes routes;
  private final OpenConnections open;
  private final Queue<Asked> ahead = new ArrayDeque<>();
  private volatile boolean answering;
  private volatile @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> patience;

  HttpConnection(Routes routes, OpenConnections open) {
    this.routes = routes;
    this.open = open;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    awaitRequest(added);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    open.gone(this);
    requestIsThere();
  }

  private void awaitRequest(ChannelHandlerContext present) {
    requestIsThere();
    patience = present.executor().schedule(this::close, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void requestIsThere() {
    if (patience != null) {
      patience.cancel(false);
      patience = null;
    }
  }

  /** Whether a request is being answered. May be asked on any thread. */
  boolean answering() {
    return answering;
  }

  /** Ends it. May be called on any thread. */
  void close() {
    ChannelHandlerContext present = context;
    if (present != null) {
      present.close();
    }
  }

  private static CompletionStage<Answer> done(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest http) {
    if (ahead.size() >= MOST_AHEAD) {
      context.close();
      return;
    }
    requestIsThere();
    ahead.add(asked(context, http));
    // The next request is read when this one has been answered; some may have been already.
    context.channel().config().setAutoRead(false);
    next(context);
  }

  private Asked asked(ChannelHandlerContext context, FullHttpRequest http) {
    boolean head = http.method().equals(HttpMethod.HEAD);
    boolean keeps = HttpUtil.isKeepAlive(http);
    Method method = head ? Method.GET : method(http);
    try {
      QueryStringDecoder uri = new QueryStringDecoder(http.uri());
      Request request =
          new Request(
              method == null ? Method.GET : method,
              uri.path(),
              uri.parameters(),
              headers(http),
              ByteBufUtil.getBytes(http.content()),
              context.channel().remoteAddress(),
              context.pipeline().get(SslHandler.class) != null);
      return http.decoderResult().isSuccess()
          ? new Asked(request, handler(method, request.path()), head, keeps)
          : new Asked(request, BAD, head, false);
    } catch (IllegalArgumentException _) {
      // A path that is not encoded as it must be.
      return new Asked(nothing(context), BAD, head, false);
    }
  }

  private static Request nothing(ChannelHandlerContext context) {
    return new Request(
        Method.GET, "", Map.of(), Map.of(), new byte[0], context.channel().remoteAddress(), false);
  }

  private Handler handler(@Nullable Method method, String path) {
    return switch (routes.find(method, path)) {
      case Routes.Found.One one -> one.handler();
      case Routes.Found.Nothing _ -> NOTHING;
      case Routes.Found.OtherMethods others -> {
        Answer refusal = Answer.text(405, "method not allowed\n").with("Allow", others.header());
        yield request -> done(refusal);
      }
    };
  }

  private static @Nullable Method method(FullHttpRequest http) {
    for (Method each : Method.values()) {
      if (each.name().equals(http.method().name())) {
        return each;
      }
    }
    return null;
  }

  private static Map<String, String> headers(FullHttpRequest http) {
    Map<String, String> headers = new HashMap<>();
    http.headers()
        .forEach(
            header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    return headers;
  }

  private void next(ChannelHandlerContext context) {
    Asked asked = answering ? null : ahead.poll();
    if (asked == null) {
      return;
    }
    answering = true;
    answer(asked)
        .whenComplete((answer, failure) ->
            context.executor().execute(() -> answered(context, asked, answer, failure)));
  }

  private static CompletionStage<Answer> answer(Asked asked) {
    try {
      return asked.handler().answer(asked.request());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answered(
      ChannelHandlerContext context,
      Asked asked,
      @Nullable Answer answer,
      @Nullable Throwable failure) {
    answering = false;
    if (answer == null) {
      LOG.error("a page could not be made: {}", asked.request().path(), failure);
    }
    send(context, asked, answer == null ? Answer.text(500, "see the log\n") : answer);
    if (ahead.isEmpty()) {
      context.channel().config().setAutoRead(true);
      awaitRequest(context);
    }
    next(context);
  }

  private static void send(ChannelHandlerContext context, Asked asked, Answer answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            asked.head() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.type());
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.headers().set("X-Content-Type-Options", "nosniff");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    HttpUtil.setKeepAlive(response, asked.keeps());
    ChannelFuture sent = context.writeAndFlush(response);
    if (!asked.keeps()) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.debug("an HTTP connection failed", cause);
    }
    context.close();
  }
}
