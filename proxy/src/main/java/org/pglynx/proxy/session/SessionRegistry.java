package org.pglynx.proxy.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.StatementLogConfig;
import org.pglynx.proxy.sql.EffectScan;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** All sessions of the process, by the process id that they were told: for cancel and for SHOW. */
public final class SessionRegistry {
  /** Until protocol 3.1 four bytes; from 3.2 on up to 256, of which Postgres uses as many. */
  private static final int SHORT_KEY = 4;

  private static final int LONG_KEY = 32;

  private final Map<Integer, LiveClient> sessions = new ConcurrentHashMap<>();
  private final Map<ClientEnd, Slots> admitted = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> emptied = new CompletableFuture<>();
  private final SecureRandom random = new SecureRandom();
  private final ProcessIds ids;
  private final CancelForwarder others;
  private final Map<ScheduledExecutorService, Deadlines> deadlines = new ConcurrentHashMap<>();
  private final Map<ScheduledExecutorService, EffectScan> scans = new ConcurrentHashMap<>();
  private final LongSupplier nanos;
  private final Slots clients;
  private final Slots reserved;
  private final LoginMemory logins;
  private final StatementLog statements = new StatementLog();
  private volatile boolean stopping;
  private volatile boolean leaving;

  /** A registry that admits so many client connections, of a proxy on its own. */
  public SessionRegistry(int limit) {
    this(limit, 0, CancelForwarder.NONE);
  }

  /**
   * A registry that admits so many client connections, of one of several proxies.
   *
   * @param peerId which of several proxies behind one address this one is; 0 for one on its own
   * @param others brings cancel requests to the others
   */
  public SessionRegistry(int limit, int peerId, CancelForwarder others) {
    this(limit, peerId, others, System::nanoTime);
  }

  /** The same, with another clock. */
  SessionRegistry(int limit, int peerId, CancelForwarder others, LongSupplier nanos) {
    this(limit, 0, new LoginMemory(Long.MAX_VALUE), peerId, others, nanos);
  }

  /**
   * A registry.
   *
   * @param limit the most client connections
   * @param reservedForAdmin how many more it admits to the admin databases
   * @param logins the memory of those that have not logged in
   * @param peerId which of several proxies behind one address this one is; 0 for one on its own
   * @param others brings cancel requests to the others
   */
  public SessionRegistry(
      int limit, int reservedForAdmin, LoginMemory logins, int peerId, CancelForwarder others) {
    this(limit, reservedForAdmin, logins, peerId, others, System::nanoTime);
  }

  private SessionRegistry(
      int limit,
      int reservedForAdmin,
      LoginMemory logins,
      int peerId,
      CancelForwarder others,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.ids = new ProcessIds(peerId, random);
    this.others = others;
    this.logins = logins;
    this.clients = new Slots(limit);
    this.reserved = new Slots(reservedForAdmin);
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
   * What judges the texts of an event loop's sessions. It keeps the last text, of up to 64 KB,
   * which for each of many idle sessions would be too much.
   */
  EffectScan scan(ScheduledExecutorService loop) {
    return scans.computeIfAbsent(loop, any -> new EffectScan());
  }

  /**
   * Counts a client connection in, unless it has been already. Cancel requests are not counted: a
   * full house must still hear them.
   *
   * @param admin whether it has proved to be the admin, for whom places are reserved
   * @return null, or why it cannot come in
   */
  @Nullable PgError admit(ClientEnd client, boolean admin) {
    if (stopping) {
      return PgError.fatal(SqlState.CANNOT_CONNECT_NOW, "the database system is shutting down");
    }
    if (admitted.containsKey(client)) {
      return null;
    }
    if (clients.take()) {
      admitted.put(client, clients);
    } else if (admin && reserved.take()) {
      admitted.put(client, reserved);
    } else {
      return full(admin);
    }
    return null;
  }

  private PgError full(boolean admin) {
    String many = "sorry, too many clients already: " + clients.taken() + " of " + clients.all();
    String keys = "max_client_conn is " + clients.all();
    return admin
        ? PgError.fatal(
                SqlState.TOO_MANY_CONNECTIONS,
                many + ", and " + reserved.taken() + " of " + reserved.all() + " for admins")
            .withDetail(keys + ", reserved_admin_connections " + reserved.all() + ".")
        : PgError.fatal(SqlState.TOO_MANY_CONNECTIONS, many).withDetail(keys + ".");
  }

  /** Counts a client connection out, if it was counted in. */
  public void disconnected(ClientEnd client) {
    Slots taken = admitted.remove(client);
    if (taken != null) {
      taken.give();
      tellIfEmpty();
    }
  }

  /**
   * Lets nobody in any more, and ends every session as soon as it is between two transactions.
   *
   * @return completes, on any thread, when the last client is gone
   */
  public CompletionStage<Void> drain() {
    stopping = true;
    sessions
        .values()
        .forEach(session -> session.loop().execute(() -> session.onDrain(LiveClient.STOPPED)));
    tellIfEmpty();
    return emptied;
  }

  /**
   * Ends the sessions of a pool, each as soon as it is between two transactions.
   *
   * @param of whose sessions
   * @param why what they are told
   */
  public void drain(Occupancy of, PgError why) {
    inside(of).forEach(session -> session.loop().execute(() -> session.onDrain(why)));
  }

  /** Ends the sessions of a pool at once. */
  public void end(Occupancy of) {
    inside(of)
        .forEach(session -> session.loop().execute(() -> session.onShutdown(LiveClient.STOPPED)));
  }

  /** Ends a session at once; false if there is none with the process id. */
  public boolean end(int pid) {
    LiveClient session = sessions.get(pid);
    if (session == null) {
      return false;
    }
    session.loop().execute(() -> session.onShutdown(LiveClient.STOPPED));
    return true;
  }

  /**
   * Cancels what a session runs, for somebody who needs no key.
   *
   * @return completes when the request has been taken; null if there is no such session
   */
  public @Nullable CompletionStage<Void> cancel(int pid) {
    LiveClient session = sessions.get(pid);
    return session == null ? null : cancel(session);
  }

  private static CompletionStage<Void> cancel(LiveClient session) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    session.loop().execute(() -> session.onCancelRequest().thenRun(() -> done.complete(null)));
    return done;
  }

  /** Holds the sessions of a pool to other limits of time from now on, and those to come. */
  public void timeLimits(SessionProfile of, TimeLimits limits) {
    // First: a login that ends meanwhile begins under these, or is among those that are told.
    of.timeLimits(limits);
    inside(of.occupancy())
        .forEach(session -> session.loop().execute(() -> session.onTimeLimits(limits)));
  }

  /** What is kept and told of statements. */
  public StatementLog statementLog() {
    return statements;
  }

  /** Something else is kept and told of statements from now on, those of all sessions. */
  public void statements(StatementLogConfig config) {
    statements.become(config);
    sessions.values().forEach(session -> session.loop().execute(session::onStatementLog));
  }

  /** Somebody else takes the statements of traces from now on, those of all sessions. */
  public void traces(TraceSink sink) {
    statements.traces(sink);
    sessions.values().forEach(session -> session.loop().execute(session::onStatementLog));
  }

  /** What sessions are at now; asked on their loops. */
  public CompletionStage<List<RunningView>> running() {
    Map<ScheduledExecutorService, List<LiveClient>> loops =
        sessions.values().stream().collect(Collectors.groupingBy(LiveClient::loop));
    CompletionStage<List<RunningView>> all = CompletableFuture.completedFuture(List.of());
    for (Map.Entry<ScheduledExecutorService, List<LiveClient>> loop : loops.entrySet()) {
      all =
          all.thenCombine(
              CompletableFuture.supplyAsync(() -> running(loop.getValue()), loop.getKey()),
              SessionRegistry::together);
    }
    return all;
  }

  private static List<RunningView> running(List<LiveClient> clients) {
    return clients.stream().flatMap(client -> Stream.ofNullable(client.running())).toList();
  }

  private static <T> List<T> together(List<T> some, List<T> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  private List<LiveClient> inside(Occupancy occupancy) {
    return sessions.values().stream()
        .filter(session -> session.profile().occupancy() == occupancy)
        .toList();
  }

  /**
   * How many client connections may come in from now on; those that are in stay.
   *
   * @param limit the most client connections
   * @param reservedForAdmin how many more it admits to the admin databases
   */
  public void limits(int limit, int reservedForAdmin) {
    clients.all(limit);
    reserved.all(reservedForAdmin);
  }

  /** Whether the proxy stops, and nobody is to begin a session. */
  public boolean stopping() {
    return stopping;
  }

  /** Whoever asks whether new clients should come here is told no; who comes is served still. */
  public void leave() {
    leaving = true;
  }

  /** Whether new clients should go elsewhere. */
  public boolean leaving() {
    return leaving || stopping;
  }

  private void tellIfEmpty() {
    if (stopping && admitted.isEmpty()) {
      emptied.complete(null);
    }
  }

  /** How many client connections are counted in. */
  public int clients() {
    return admitted.size();
  }

  /** The connections that have not logged in. */
  public LoginMemory logins() {
    return logins;
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
    return cancel(session);
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
    sessions
        .values()
        .forEach(session -> session.loop().execute(() -> session.onShutdown(LiveClient.STOPPED)));
    tellIfEmpty();
    return emptied;
  }

  /** The session with the process id. */
  @Nullable LiveClient find(int pid) {
    return sessions.get(pid);
  }
}
