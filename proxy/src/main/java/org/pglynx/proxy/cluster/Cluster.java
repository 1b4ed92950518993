package org.pglynx.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.LackingLogin;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.pool.ServerWatch;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The servers behind a database, watched: they are asked how they are, again and again, whatever
 * clients do, and all pools of the database act on the answers. What is known is kept on one event
 * loop; a choice reads the {@link View} from any.
 *
 * <p>The primary is asked first, and the standbys when it has answered: so what they have replayed
 * can be compared with where its log was a moment before.
 */
public final class Cluster {
  /** Of the pause between two probes: so many proxies do not ask all at the same time. */
  private static final double JITTER = 0.1;

  /** Hears what changes; called on the cluster's loop. */
  interface User {
    /** The server is not to be used for now. */
    void eject(int host, PgError error);

    /** The server is gone, or is no longer what it was. */
    void sever(int host, PgError error);

    /** The server can be used again. */
    void reachable(int host);

    /** The server's connections are to be closed as they become free, or may be opened again. */
    void drain(int host, boolean on);

    /** Other servers are to be used. */
    void changed();

    /** How often each server was given to a session so far. */
    CompletionStage<long[]> given();
  }

  private final String name;
  private final BalancingConfig config;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final Roster roster;
  private final HostOrders orders;
  private final Prober prober;
  private final List<User> users = new ArrayList<>();
  private final boolean[] asked;
  private volatile View view = View.EMPTY;
  private @Nullable Future<?> next;
  private boolean closed;

  /**
   * Begins to watch when there is a login to ask with.
   *
   * @param name the database
   * @param loop where what is known is kept
   */
  public Cluster(
      String name,
      List<ServerConfig> servers,
      BalancingConfig config,
      Connector connector,
      EventLoop loop) {
    this(
        name,
        servers,
        config,
        new PooledProber(name, connector, loop, config.health().timeoutMillis()),
        loop,
        System::nanoTime);
  }

  Cluster(
      String name,
      List<ServerConfig> servers,
      BalancingConfig config,
      Prober prober,
      EventLoop loop,
      LongSupplier clock) {
    this.name = name;
    this.config = config;
    this.prober = prober;
    this.loop = loop;
    this.clock = clock;
    this.roster = new Roster(name, servers, config, new Reactions(), clock.getAsLong());
    this.orders = new HostOrders(name, roster, loop, clock, this::publish);
    this.asked = new boolean[servers.size()];
    this.view = roster.view(clock.getAsLong());
    loop.execute(this::tick);
  }

  /** The database. */
  public String name() {
    return name;
  }

  /** Whether another server may become the primary. */
  boolean elects() {
    return roster.elects();
  }

  /** What operators say of the servers. */
  public HostOrders orders() {
    return orders;
  }

  BalancingConfig config() {
    return config;
  }

  /** Who is to be used now; any thread. */
  View view() {
    return view;
  }

  /** The server's facts that any thread may read. */
  Host host(int index) {
    return roster.host(index);
  }

  int size() {
    return roster.hosts().size();
  }

  /**
   * Somebody uses the servers.
   *
   * @param login to each of them, with which they may be asked as well
   */
  void add(User user, List<BackendTarget> login) {
    loop.execute(() -> {
      users.add(user);
      roster.hosts().stream()
          .filter(Host::draining)
          .forEach(host -> user.drain(host.index(), true));
      prober.mayBe(user, login);
      tickNow();
    });
  }

  void remove(User user) {
    loop.execute(() -> {
      users.remove(user);
      prober.isGone(user);
    });
  }

  /** Asks no more. */
  public void close() {
    loop.execute(() -> {
      closed = true;
      Future<?> waiting = next;
      if (waiting != null) {
        waiting.cancel(false);
      }
      prober.close();
    });
  }

  // ---- asking --------------------------------------------------------------------------------

  private void tickNow() {
    Future<?> waiting = next;
    if (waiting != null) {
      waiting.cancel(false);
    }
    tick();
  }

  private void tick() {
    if (closed) {
      return;
    }
    next = loop.schedule(this::tick, pauseNanos(), TimeUnit.NANOSECONDS);
    roster.expire(clock.getAsLong());
    publish();
    if (!prober.ready()) {
      return;
    }
    Host primary = roster.primary();
    if (primary == null || primary.health() != Health.HEALTHY || asked[primary.index()]) {
      roster.hosts().forEach(this::ask);
    } else {
      CompletionStage<?> _ = ask(primary).whenComplete((done, failure) -> askOthers(primary));
    }
  }

  private void askOthers(Host primary) {
    for (Host host : roster.hosts()) {
      if (host != primary) {
        ask(host);
      }
    }
  }

  private long pauseNanos() {
    long nanos = TimeUnit.MILLISECONDS.toNanos(config.health().probeMillis());
    long spread = (long) (nanos * JITTER) + 1;
    return nanos + ThreadLocalRandom.current().nextLong(-spread, spread);
  }

  private CompletionStage<?> ask(Host host) {
    if (closed || !prober.ready() || asked[host.index()]) {
      return CompletableFuture.completedFuture(null);
    }
    asked[host.index()] = true;
    long askedNanos = clock.getAsLong();
    return prober
        .ask(host.index())
        .whenComplete((answer, failure) -> {
          asked[host.index()] = false;
          if (answer != null && !closed) {
            heard(host, answer, askedNanos);
          }
        });
  }

  private void heard(Host host, Prober.Answer answer, long askedNanos) {
    long now = clock.getAsLong();
    switch (answer) {
      case Prober.Answer.Facts facts -> roster.answered(host, facts.facts(), askedNanos, now);
      case Prober.Answer.Alive _ -> roster.answered(host, null, askedNanos, now);
      case Prober.Answer.None none -> roster.unanswered(host, none.why(), none.how(), now);
      case Prober.Answer.Dropped _ -> {
        return;
      }
    }
    boolean doubtful = host.health() instanceof Health.Suspect;
    publish();
    // One that has just been banned may be lifted by that, for want of a better one: it is asked
    // with the next round, since one that refuses would be banned and lifted without an end.
    if (doubtful) {
      ask(host);
    }
  }

  private void publish() {
    View before = view;
    View now = roster.view(clock.getAsLong());
    if (!now.sameAs(before)) {
      view = now;
      for (Host host : roster.hosts()) {
        if (before.names(host.index()) && !now.names(host.index())) {
          left(host);
        }
      }
      users.forEach(User::changed);
    }
  }

  /** Who waits for a server that is not to be used, or is avoided, may have another one. */
  private void left(Host host) {
    PgError error =
        PgError.error(
                SqlState.CONNECTION_FAILURE,
                "the server at " + host + " of " + name + " is not used now")
            .withDetail("It is " + host.stateName() + ".");
    users.forEach(user -> user.eject(host.index(), error));
  }

  // ---- what pools tell -----------------------------------------------------------------------

  /**
   * Hears of one server's connections.
   *
   * @param timed whether response times are of interest
   */
  ServerWatch watch(int index, boolean timed) {
    return new ServerWatch() {
      @Override
      public void connected() {
        // Probes tell soon enough that it is well.
      }

      @Override
      public void failed(PgError error) {
        if (blamesServer(error)) {
          doubt(index);
        }
      }

      @Override
      public void lost() {
        doubt(index);
      }

      @Override
      public boolean timed() {
        return timed;
      }
    };
  }

  /** Not what concerns a login, a database, or a server that is merely full. */
  static boolean blamesServer(PgError error) {
    return (error.code().startsWith("08") || error.code().startsWith("57P"))
        && !LackingLogin.is(error);
  }

  private void doubt(int index) {
    loop.execute(() -> {
      Host host = roster.host(index);
      if (!closed && roster.doubt(host)) {
        publish();
        ask(host);
      }
    });
  }

  // ---- what operators see --------------------------------------------------------------------

  /** All servers as they are now. */
  public CompletionStage<List<HostState>> states() {
    return CompletableFuture.supplyAsync(this::given, loop)
        .thenCompose(given -> given)
        .thenApplyAsync(this::states, loop);
  }

  private CompletionStage<long[]> given() {
    CompletionStage<long[]> sum = CompletableFuture.completedFuture(new long[size()]);
    for (User user : users) {
      sum = sum.thenCombine(user.given(), Cluster::plus);
    }
    return sum;
  }

  private static long[] plus(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
    return sums;
  }

  private List<HostState> states(long[] given) {
    long now = clock.getAsLong();
    return roster.hosts().stream()
        .map(host -> HostState.of(host, given[host.index()], now))
        .toList();
  }

  /** Tells the pools what the roster finds. */
  private final class Reactions implements Roster.Events {
    @Override
    public void mute(Host host, String why) {
      PgError error =
          PgError.error(
                  SqlState.CONNECTION_FAILURE,
                  "the server at " + host + " of " + name + " does not answer any more")
              .withDetail(why);
      users.forEach(user -> user.sever(host.index(), error));
    }

    @Override
    public void back(Host host) {
      users.forEach(user -> user.reachable(host.index()));
    }

    @Override
    public void drains(Host host) {
      users.forEach(user -> user.drain(host.index(), host.draining()));
    }

    @Override
    public void deposed(Host host, Host successor) {
      PgError error =
          PgError.error(
                  SqlState.CONNECTION_FAILURE,
                  "the server at " + host + " is no longer the primary of " + name)
              .withDetail("The primary is " + successor + " now.")
              .withHint("Whether the last statement took effect there is not known; try again.");
      users.forEach(user -> user.sever(host.index(), error));
    }
  }
}
