package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Notification;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.sql.ListenText;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * The channels that a session listens on through its pool's {@link NotificationHub}, and what has
 * come on them. Confined to the session's event loop.
 *
 * <p>Inside a transaction LISTEN and UNLISTEN are changes that count if it commits. The server
 * itself says whether they do, savepoints included: it listens, in the same transaction, on a
 * channel that marks the change, and is asked for its channels behind the transaction (ADR 0096).
 *
 * <pre>
 *                LISTEN in a transaction              behind it: the marks that are there
 *   channels ──────────────────────────► + changes ─────────────────────────────────────► channels
 * </pre>
 *
 * <p>Notifications are passed on where Postgres does, between transactions, before ReadyForQuery.
 */
final class Listening implements NotificationHub.Listener {
  /** Nobody else's channels begin with this. */
  private static final String MARK = "pglynx mark ";

  /**
   * A change that counts if its transaction commits.
   *
   * @param kept whether the mark is there if it counts, or gone
   */
  private record Change(String mark, ListenText text, boolean kept) {}

  private record Marking(String sql) implements Inquiry {
    @Override
    public void row(@Nullable String[] values) {
      // LISTEN returns nothing.
    }

    @Override
    public void answered(@Nullable PgError error) {
      // Without the mark the change counts as one that worked: nothing more is passed on.
    }
  }

  private final Session session;
  private final NotificationHub hub;
  private final Set<String> channels = new HashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<String> promised = new HashSet<>();
  private final NotificationQueue queue = new NotificationQueue();
  private int marks;
  private boolean asking;
  private boolean passing;
  private boolean attaching;
  private boolean caughtUp;

  Listening(Session session, NotificationHub hub) {
    this.session = session;
    this.hub = hub;
  }

  /** Whether it listens, or may after its transaction. */
  boolean active() {
    return !channels.isEmpty() || !changes.isEmpty();
  }

  @Override
  public Executor loop() {
    return session.loop();
  }

  // ---- statements ----------------------------------------------------------------------------

  /** Runs LISTEN or UNLISTEN. */
  void run(ListenText text, AnswerContext context) {
    if (context.inTransaction()) {
      change(text, context);
    } else if (text.listens()) {
      listen(
          channel(text),
          error -> {
            if (error == null) {
              channels.add(channel(text));
              context.complete("LISTEN");
            } else {
              context.fail(error);
            }
          });
    } else {
      remove(text.channel());
      context.complete("UNLISTEN");
    }
  }

  private static String channel(ListenText text) {
    return Objects.requireNonNull(text.channel());
  }

  private void listen(String channel, NotificationHub.Outcome outcome) {
    hub.listen(
        this,
        channel,
        error -> {
          if (session.closed()) {
            hub.unlisten(this, channel);
          } else {
            outcome.done(error);
          }
        });
  }

  /** Listens on the channel, or on anything, no more. */
  void remove(@Nullable String channel) {
    if (channel == null) {
      channels.forEach(each -> hub.unlisten(this, each));
      channels.clear();
    } else if (channels.remove(channel)) {
      hub.unlisten(this, channel);
    }
    dropStrays();
  }

  // ---- transactions --------------------------------------------------------------------------

  /** The shared connection listens first: nothing is missed from the commit on. */
  private void change(ListenText text, AnswerContext context) {
    Change change = new Change(newMark(), text, true);
    changes.add(change);
    String channel = text.channel();
    if (channel == null || !text.listens() || channels.contains(channel)) {
      mark(change, context);
      return;
    }
    listen(
        channel,
        error -> {
          if (error == null) {
            promised.add(channel);
            mark(change, context);
          } else {
            changes.remove(change);
            context.fail(error);
          }
        });
  }

  private String newMark() {
    return MARK + session.id() + ' ' + ++marks;
  }

  /** A text is about to be sent, among whose statements is UNLISTEN *: it takes the mark, too. */
  void unlistensAll(Upstream server) {
    Change change = new Change(newMark(), new ListenText(false, null), false);
    changes.add(change);
    server.inquire(new Marking(listen(change)));
  }

  private static String listen(Change change) {
    return "LISTEN \"" + change.mark() + '"';
  }

  private void mark(Change change, AnswerContext context) {
    Thread.startVirtualThread(() -> {
      try (SqlSession own = context.servers().open()) {
        if (own.callersTransaction()) {
          own.query(listen(change));
        }
      } catch (PgErrorException e) {
        context.fail(e.error());
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      context.loop().execute(session.state()::asksForChannels);
      context.complete(change.text().listens() ? "LISTEN" : "UNLISTEN");
    });
  }

  /** Whether a channel only marks a change. */
  static boolean isMark(String channel) {
    return channel.startsWith(MARK);
  }

  /**
   * A transaction is over: its changes are those whose marks are there.
   *
   * @param present the channels that its server listens on
   */
  void ended(Set<String> present) {
    if (changes.isEmpty()) {
      return;
    }
    for (Change change : changes) {
      if (present.contains(change.mark()) == change.kept()) {
        apply(change.text());
      }
    }
    changes.clear();
    promised.removeAll(channels);
    promised.forEach(channel -> hub.unlisten(this, channel));
    promised.clear();
    dropStrays();
    deliver();
  }

  private void apply(ListenText text) {
    String channel = text.channel();
    if (text.listens()) {
      channels.add(channel(text));
    } else if (channel == null) {
      promised.addAll(channels);
      channels.clear();
    } else if (channels.remove(channel)) {
      promised.add(channel);
    }
  }

  /**
   * Whether a frame that may end the transaction may go. A promised channel counts from the commit
   * on, so what came before the client asked for it is dropped first.
   */
  boolean passes() {
    if (promised.isEmpty() || passing) {
      passing = false;
      return true;
    }
    if (!asking) {
      asking = true;
      hub.whenCaughtUp(
          this,
          () -> {
            asking = false;
            passing = true;
            queue.drop(channel -> promised.contains(channel) && !channels.contains(channel));
            session.resume();
          });
    }
    return false;
  }

  /** What came on a channel that it listens on no more, and that had not been passed on, is not. */
  private void dropStrays() {
    queue.drop(channel -> !channels.contains(channel) && !promised.contains(channel));
  }

  // ---- servers -------------------------------------------------------------------------------

  /**
   * The session has been given a server. What its last user has notified must be told apart from
   * what this session does, so frames wait until the former has come.
   */
  void attached() {
    if (channels.isEmpty()) {
      return;
    }
    attaching = true;
    hub.whenCaughtUp(
        this,
        () -> {
          attaching = false;
          session.resume();
        });
  }

  /** Whether frames wait, see {@link #attached}. */
  boolean attaching() {
    return attaching;
  }

  /**
   * ReadyForQuery is next: whatever was committed before it goes ahead of it, as in Postgres.
   *
   * @return whether it may go
   */
  boolean beforeReady(byte status) {
    Upstream server = session.upstream();
    if (status != 'I' || channels.isEmpty() || server == null) {
      return true;
    }
    if (caughtUp) {
      caughtUp = false;
      if (changes.isEmpty()) {
        write();
      }
      return true;
    }
    hub.whenCaughtUp(
        this,
        () -> {
          if (session.upstream() == server) {
            caughtUp = true;
            server.goOn();
          }
        });
    return false;
  }

  /** Appends what has come while the proxy itself answered: it is the turn of ReadyForQuery. */
  void beforeOwnReady(ByteBuf reply) {
    if (session.transaction().none() && changes.isEmpty()) {
      queue.moveTo(reply);
    }
  }

  /** The server is gone, and its transaction with it. */
  void serverLost() {
    attaching = false;
    caughtUp = false;
    ended(Set.of());
  }

  // ---- notifications -------------------------------------------------------------------------

  @Override
  public void onNotification(Notification notification) {
    if (session.closed()) {
      return;
    }
    String channel = notification.channel();
    if (!channels.contains(channel) && !promised.contains(channel)) {
      return;
    }
    queue.add(sender(notification.pid()), notification);
    deliver();
    if (queue.tooLong()) {
      session.die(queue.tooSlow());
    }
  }

  /** The client knows itself by the number that it was told at login. */
  private int sender(int pid) {
    Upstream server = session.upstream();
    return server != null && !attaching && server.pid() == pid ? session.id() : pid;
  }

  /** Passes on what waits, if the client is at rest. */
  void deliver() {
    if (!queue.isEmpty() && changes.isEmpty() && session.rests()) {
      write();
      session.client().flush();
    }
  }

  private void write() {
    if (!queue.isEmpty()) {
      session.client().write(queue.take(session.client().allocator()));
    }
  }

  @Override
  public void onListeningLost(PgError error) {
    channels.clear();
    promised.clear();
    session.die(
        PgError.fatal(
                SqlState.CONNECTION_FAILURE,
                "terminating connection because notifications may have been missed")
            .withDetail("The connection that listens for it: " + error.message())
            .withHint("Connect again, and LISTEN before looking at what may have changed."));
  }

  /** The session ends. */
  void close() {
    hub.leave(this);
    queue.clear();
  }
}
