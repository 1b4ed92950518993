package org.pglynx.proxy.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the servers' host names. Each name is looked up off the event loops when it is
 * first needed, and again and again as long as the process runs, so that one that is moved is
 * followed. While a look-up fails, what was known stays: a name service that is down must not take
 * the databases with it. Any thread.
 *
 * <pre>
 *               looked up                 looked up again, every TTL and when connecting failed
 *   UNKNOWN ───────────────► KNOWN ──────────────────────────────────────────────────► KNOWN
 *      └ failed: whoever asked is told       └ failed: KNOWN as before
 * </pre>
 */
public final class HostAddresses implements AutoCloseable {
  /** Asks the machine: its hosts file, its name service. Blocks. */
  public interface Lookup {
    /** All addresses of the name, the preferred first; never empty. */
    List<InetAddress> of(String host) throws UnknownHostException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

  /** A name service that hangs holds a thread for seconds; other names must not wait for it. */
  private static final int THREADS = 4;

  private final Lookup lookup;
  private final ScheduledExecutorService executor;
  private final int ttlSeconds;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();

  /**
   * Knows no name yet.
   *
   * @param executor runs look-ups
   * @param ttlSeconds after which a name is looked up again
   */
  HostAddresses(Lookup lookup, ScheduledExecutorService executor, int ttlSeconds) {
    this.lookup = lookup;
    this.executor = executor;
    this.ttlSeconds = ttlSeconds;
  }

  /** Asks the machine, on threads of its own. */
  public static HostAddresses ofThisMachine(int ttlSeconds) {
    return new HostAddresses(
        host -> List.of(InetAddress.getAllByName(host)),
        Executors.newScheduledThreadPool(
            THREADS, Thread.ofPlatform().name("pglynx-names-", 0).daemon().factory()),
        ttlSeconds);
  }

  /**
   * The addresses of a name in the order in which they are to be tried. Those of the preferred
   * family take turns, as with PgBouncer; the others come behind them.
   *
   * @return done at once if the name is known; fails with UnknownHostException
   */
  public CompletableFuture<List<InetAddress>> toTry(String name) {
    Host host = host(name);
    return host.known.isEmpty()
        ? host.lookUp().thenApply(found -> host.inTurn())
        : CompletableFuture.completedFuture(host.inTurn());
  }

  /** No address of the name could be connected to: perhaps it has moved. */
  public void doubt(String name) {
    CompletableFuture<List<InetAddress>> _ = host(name).lookUp();
  }

  /** Whether the name has the address, as far as is known. */
  public boolean lists(String name, InetAddress address) {
    Host host = hosts.get(name);
    return host == null || host.known.isEmpty() || host.known.contains(address);
  }

  private Host host(String name) {
    Host present = hosts.get(name);
    return present == null ? hosts.computeIfAbsent(name, Host::new) : present;
  }

  /** Looks nothing up any more. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** One name. */
  private final class Host {
    private final String name;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicReference<@Nullable CompletableFuture<List<InetAddress>>> underWay =
        new AtomicReference<>();
    private volatile List<InetAddress> known = List.of();
    private volatile boolean failing;

    Host(String name) {
      this.name = name;
      Future<?> _ =
          executor.scheduleWithFixedDelay(this::lookUp, ttlSeconds, ttlSeconds, TimeUnit.SECONDS);
    }

    /** One look-up at a time answers all who ask. */
    CompletableFuture<List<InetAddress>> lookUp() {
      CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
      CompletableFuture<List<InetAddress>> running = underWay.compareAndExchange(null, fresh);
      if (running != null) {
        return running;
      }
      executor.execute(() -> ask(fresh));
      return fresh;
    }

    private void ask(CompletableFuture<List<InetAddress>> answer) {
      try {
        List<InetAddress> found = List.copyOf(lookup.of(name));
        learn(found);
        underWay.set(null);
        answer.complete(found);
      } catch (UnknownHostException | RuntimeException e) {
        if (!failing) {
          failing = true;
          LOG.warn("cannot resolve a name: host={} known={} reason={}", name, known, e.toString());
        }
        underWay.set(null);
        answer.completeExceptionally(e);
      }
    }

    private void learn(List<InetAddress> found) {
      List<InetAddress> before = known;
      known = found;
      failing = false;
      if (!before.isEmpty() && !new HashSet<>(before).equals(new HashSet<>(found))) {
        LOG.info(
            "the addresses of a name have changed: host={} from={} to={}", name, before, found);
      }
    }

    List<InetAddress> inTurn() {
      List<InetAddress> all = known;
      if (all.size() < 2) {
        return all;
      }
      Class<?> family = all.getFirst().getClass();
      List<InetAddress> order = new ArrayList<>(all);
      order.removeIf(address -> address.getClass() != family);
      Collections.rotate(order, -(turn.getAndIncrement() & Integer.MAX_VALUE) % order.size());
      for (InetAddress address : all) {
        if (address.getClass() != family) {
          order.add(address);
        }
      }
      return order;
    }
  }
}
