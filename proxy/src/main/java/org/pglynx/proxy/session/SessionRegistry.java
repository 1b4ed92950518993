package org.pglynx.proxy.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All sessions of the process, by the process id that they were told: for cancel and for SHOW. */
public final class SessionRegistry {
  /** Until protocol 3.1 four bytes; from 3.2 on up to 256, of which Postgres uses as many. */
  private static final int SHORT_KEY = 4;

  private static final int LONG_KEY = 32;

  private final Map<Integer, LiveClient> sessions = new ConcurrentHashMap<>();
  private final Set<ClientEnd> admitted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CompletableFuture<Void> emptied = new CompletableFuture<>();
  private final SecureRandom random = new SecureRandom();
  private final ProcessIds ids;
  private final CancelForwarder others;
  private final Map<ScheduledExecutorService, Deadlines> deadlines = new ConcurrentHashMap<>();
  private final LongSupplier nanos;
  private final int limit;
  private volatile boolean stopping;

  /** A registry that admits so many client connections, of a proxy on its own. */
  public SessionRegistry(int limit) {
    this(limit, 0, CancelForwarder.NONE);
  }

  /**
   * A registry.
   *
   * @param limit the most client connections
   * @param peerId which of several proxies behind one address this one is; 0 for one on its own
   * @param others brings cancel requests to the others
   */
  public SessionRegistry(int limit, int peerId, CancelForwarder others) {
    this(limit, peerId, others, System::nanoTime);
  }

  /** The same, with another clock. */
  SessionRegistry(int limit, int peerId, CancelForwarder others, LongSupplier nanos) {
    this.limit = limit;
    this.ids = new ProcessIds(peerId, random);
    this.others = others;
    this.nanos = nanos;
  }

  /** Begins to keep the session's time limits, on its event loop; null if it has none. */
  @Nullable SessionWatch watch(Session session, TimeLimits limits) {
    if (!limits.any()) {
      return null;
    }
    Deadlines ofLoop =
        deadlines.computeIfAbsent(session.loop(), loop -> new Deadlines(loop, nanos));
    return new SessionWatch(session, limits, ofLoop, nanos.getAsLong());
  }

  /**
   * Counts a client connection in, unless the limit is reached. Cancel requests are not counted: a
   * full house must still hear them.
   */
  boolean tryAdmit(ClientEnd client) {
    if (connections.incrementAndGet() > limit) {
      connections.decrementAndGet();
      return false;
    }
    admitted.add(client);
    return true;
  }

  /** Counts a client connection out, if it was counted in. */
  public void disconnected(ClientEnd client) {
    if (admitted.remove(client) && connections.decrementAndGet() == 0 && stopping) {
      emptied.complete(null);
    }
  }

  /** The most client connections at once. */
  public int limit() {
    return limit;
  }

  /** How many clients have connected but not logged in yet. */
  public int loggingIn() {
    return Math.max(0, connections.get() - sessions.size());
  }

  /** A secret for BackendKeyData, as long as the client's version of the protocol allows. */
  byte[] newKey(int minor) {
    byte[] key = new byte[minor >= 2 ? LONG_KEY : SHORT_KEY];
    random.nextBytes(key);
    return key;
  }

  /** Registers the session under a process id that no other has. */
  int register(LiveClient session) {
    int pid = ids.next();
    while (sessions.putIfAbsent(pid, session) != null) {
      pid = ids.next();
    }
    return pid;
  }

  void unregister(int pid) {
    sessions.remove(pid);
  }

  /**
   * Takes a cancel request of a client, for a session of this proxy or of another one. Any thread.
   *
   * @param loop of the connection that carries the request
   * @return completes, on any thread, when the connection may be closed
   */
  CompletionStage<Void> onCancelRequest(int pid, byte[] key, ScheduledExecutorService loop) {
    byte[] secret = ids.withoutMark(key);
    if (!ids.ours(pid)) {
      // One that has been forwarded already has come to the wrong proxy, and ends here.
      return secret == key && (key.length == SHORT_KEY || key.length == LONG_KEY)
          ? others.forward(ids.peer(pid), pid, ids.marked(key), loop)
          : CompletableFuture.completedStage(null);
    }
    return cancel(pid, secret);
  }

  /**
   * Cancels what the session runs, if the key is its own. Any thread.
   *
   * @return completes, on any thread, when a statement sent later is safe from the request
   */
  public CompletionStage<Void> cancel(int pid, byte[] key) {
    LiveClient session = sessions.get(pid);
    if (session == null || !MessageDigest.isEqual(key, session.cancelKey())) {
      return CompletableFuture.completedStage(null);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    session.loop().execute(() -> session.onCancelRequest().thenRun(() -> done.complete(null)));
    return done;
  }

  /** What each session is doing. */
  public List<ClientView> views() {
    List<ClientView> views = new ArrayList<>();
    sessions.values().forEach(session -> views.add(session.view()));
    return views;
  }

  /**
   * Ends every session, because the proxy stops.
   *
   * @return completes when no client is connected any more: until then what they are told may still
   *     be on its way out
   */
  public CompletionStage<Void> shutdown() {
    stopping = true;
    sessions.values().forEach(session -> session.loop().execute(session::onShutdown));
    if (connections.get() == 0) {
      emptied.complete(null);
    }
    return emptied;
  }

  /** The session with the process id. */
  @Nullable LiveClient find(int pid) {
    return sessions.get(pid);
  }
}
