package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The one connection of a pool that listens on the union of its sessions' channels. Opened when the
 * first session listens, closed some time after the last has left. Confined to its event loop.
 *
 * <pre>
 *             a request               logged in
 *   CLOSED ────────────► CONNECTING ────────────► LISTENING
 *     ▲                      │                       │ lost: all listeners are told, as they may
 *     │                      │ refused: requests     │ have missed something
 *     └──────────────────────┴───── get the error ───┴── nobody listens any more
 * </pre>
 *
 * <p>A server sends what was committed before a command ahead of that command's ReadyForQuery
 * (tcop/postgres.c, ProcessNotifyInterrupt), so a listener counts from the ReadyForQuery of its
 * LISTEN on, and has caught up at that of an empty query.
 */
public final class ListeningConnection implements NotificationHub, BackendOwner, Downstream {
  private static final long LINGER_SECONDS = 30;

  /** How often the server must show that it is still there. */
  private static final long PING_SECONDS = 30;

  /** Text in UTF-8, and no limit of time that ends a session which only listens. */
  private static final String SETTINGS =
      "SET client_encoding = 'UTF8'; SELECT pg_catalog.set_config(name, '0', false) FROM"
          + " pg_catalog.pg_settings WHERE name IN ('idle_session_timeout', 'statement_timeout')";

  private record Request(
      String sql, @Nullable Listener listener, String channel, Outcome outcome) {}

  private volatile BackendTarget target;
  private final Connector connector;
  private final EventLoop loop;
  private final Map<String, Set<Listener>> listeners = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final ArrayDeque<Request> sent = new ArrayDeque<>();
  private NotificationReader reader = new NotificationReader(this);
  private @Nullable BackendConnection connection;
  private boolean connecting;
  private boolean closed;
  private long quietSince;
  private long answered;

  /** One that is not connected yet. */
  public ListeningConnection(BackendTarget target, Connector connector, EventLoop loop) {
    this.target = target;
    this.connector = connector;
    this.loop = loop;
  }

  /** Its event loop. */
  public EventLoop loop() {
    return loop;
  }

  /** The connection to the server, if there is one; on the loop. */
  public @Nullable BackendConnection connection() {
    return connection;
  }

  // ---- requests, from any thread -------------------------------------------------------------

  @Override
  public void listen(Listener listener, String channel, Outcome outcome) {
    loop.execute(() -> {
      uses.merge(channel, 1, Integer::sum);
      submit(new Request("LISTEN " + quoted(channel), listener, channel, outcome));
    });
  }

  @Override
  public void unlisten(Listener listener, String channel) {
    loop.execute(() -> remove(listener, channel));
  }

  @Override
  public void leave(Listener listener) {
    loop.execute(
        () -> List.copyOf(listeners.keySet()).forEach(channel -> remove(listener, channel)));
  }

  @Override
  public void whenCaughtUp(Listener listener, Runnable task) {
    loop.execute(() -> {
      if (connection == null) {
        // Whoever listened has been told of the loss, or is about to be.
        listener.loop().execute(task);
      } else {
        submit(new Request("", listener, "", error -> task.run()));
      }
    });
  }

  /**
   * Listens on another server, or with another login, from its next connection on. The present one
   * ends if it is to another server or another database: its listeners are told, as of a loss.
   */
  public void redirect(BackendTarget other) {
    loop.execute(() -> {
      BackendTarget before = target;
      target = other;
      BackendConnection open = connection;
      if (open != null && !sameDatabase(before, other)) {
        open.giveUp(
            PgError.error(
                SqlState.ADMIN_SHUTDOWN,
                "the configuration leads to another server: " + other.describe()));
      }
    });
  }

  private static boolean sameDatabase(BackendTarget one, BackendTarget other) {
    return one.describe().equals(other.describe()) && one.user().equals(other.user());
  }

  /** Closes it, and opens it no more. */
  public void close() {
    loop.execute(() -> {
      closed = true;
      BackendConnection open = connection;
      if (open != null) {
        open.close();
      }
    });
  }

  /** Ends the connection: its listeners are told why, and the next request opens another. */
  public void sever(PgError error) {
    loop.execute(() -> {
      BackendConnection open = connection;
      if (open != null) {
        open.giveUp(error);
      }
    });
  }

  private static String quoted(String channel) {
    return '"' + channel.replace("\"", "\"\"") + '"';
  }

  private void remove(Listener listener, String channel) {
    Set<Listener> of = listeners.get(channel);
    if (of != null && of.remove(listener)) {
      if (of.isEmpty()) {
        listeners.remove(channel);
      }
      used(channel);
    }
  }

  /** One use of the channel less; the last one ends the listening. */
  private void used(String channel) {
    int left = uses.merge(channel, -1, Integer::sum);
    if (left > 0) {
      return;
    }
    uses.remove(channel);
    if (connection != null) {
      submit(new Request("UNLISTEN " + quoted(channel), null, channel, error -> {}));
      quietSince = loop.ticker().nanoTime();
      loop.schedule(this::closeIfQuiet, LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void closeIfQuiet() {
    BackendConnection open = connection;
    boolean quiet =
        loop.ticker().nanoTime() - quietSince >= TimeUnit.SECONDS.toNanos(LINGER_SECONDS);
    if (open != null && uses.isEmpty() && quiet) {
      open.close();
    }
  }

  private void submit(Request request) {
    BackendConnection open = connection;
    if (open != null) {
      send(open, request);
      open.flush();
      return;
    }
    waiting.add(request);
    if (!connecting && !closed) {
      connecting = true;
      connector.connect(target, loop, this);
    } else if (closed) {
      failAll(waiting, PgError.error(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down"));
    }
  }

  private void send(BackendConnection open, Request request) {
    ByteBuf out = Unpooled.buffer(request.sql().length() + 16);
    FrameWriter.query(out, request.sql());
    open.expect(FrontendTag.QUERY);
    open.send(out);
    sent.add(request);
  }

  // ---- the connection ------------------------------------------------------------------------

  @Override
  public void onConnected(BackendConnection connected) {
    connecting = false;
    connected.attach(this);
    connection = connected;
    reader = new NotificationReader(this);
    send(connected, new Request(SETTINGS, null, "", this::prepared));
    for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
      send(connected, request);
    }
    connected.flush();
    if (closed) {
      connected.close();
    }
    watch(connected);
  }

  private void watch(BackendConnection watched) {
    long before = answered;
    loop.schedule(() -> ping(watched, before), PING_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * A server that has vanished without a word would leave its listeners waiting for ever. What is
   * unanswered proves nothing while answers come: on a busy connection something always is.
   */
  private void ping(BackendConnection pinged, long before) {
    if (connection != pinged) {
      return;
    }
    if (answered == before) {
      pinged.close();
      return;
    }
    if (sent.isEmpty()) {
      submit(new Request("", null, "", error -> {}));
    }
    watch(pinged);
  }

  private void prepared(@Nullable PgError error) {
    BackendConnection open = connection;
    if (error != null && open != null) {
      open.close();
    }
  }

  @Override
  public void onConnectFailed(PgError error) {
    connecting = false;
    failAll(waiting, error);
  }

  @Override
  public void onIdle(BackendConnection idle) {
    idle.close();
  }

  @Override
  public void onClosed(BackendConnection gone) {
    // Told by onLost, which says why.
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    connection = null;
    reader.stop();
    Set<Listener> told = new LinkedHashSet<>();
    listeners.values().forEach(told::addAll);
    listeners.clear();
    uses.clear();
    List<Request> open = new ArrayList<>(sent);
    sent.clear();
    told.forEach(listener -> listener.loop().execute(() -> listener.onListeningLost(error)));
    open.forEach(request -> answer(request, error));
  }

  private void failAll(ArrayDeque<Request> requests, PgError error) {
    List<Request> all = new ArrayList<>(requests);
    requests.clear();
    all.forEach(request -> {
      if (!request.channel().isEmpty()) {
        uses.computeIfPresent(request.channel(), (c, n) -> n > 1 ? Integer.valueOf(n - 1) : null);
      }
      answer(request, error);
    });
  }

  private static void answer(Request request, @Nullable PgError error) {
    Listener listener = request.listener();
    if (listener == null) {
      request.outcome().done(error);
    } else {
      listener.loop().execute(() -> request.outcome().done(error));
    }
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  public void onReplies(ByteBuf run) {
    reader.feed(run);
  }

  /** ReadyForQuery: the oldest request is done. */
  void done(@Nullable PgError error) {
    Request request = sent.poll();
    if (request == null) {
      return;
    }
    answered++;
    Listener listener = request.listener();
    if (listener != null && !request.channel().isEmpty()) {
      Set<Listener> of = listeners.computeIfAbsent(request.channel(), c -> new LinkedHashSet<>());
      boolean fresh = error == null && of.add(listener);
      if (of.isEmpty()) {
        listeners.remove(request.channel());
      }
      if (!fresh) {
        used(request.channel());
      }
    }
    answer(request, error);
  }

  /** A notification: it goes to whoever listens at this moment. */
  void notified(int pid, byte[] text, int channelLength) {
    String channel = new String(text, 0, channelLength, StandardCharsets.UTF_8);
    Set<Listener> of = listeners.get(channel);
    if (of == null) {
      return;
    }
    Notification notification = new Notification(pid, channel, text);
    of.forEach(listener -> listener.loop().execute(() -> listener.onNotification(notification)));
  }

  /** The server's bytes make no sense. */
  void broken() {
    BackendConnection open = connection;
    if (open != null) {
      open.close();
    }
  }
}
