package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A few clients of several pools on errands, phase by phase. Short phases with a look behind each
 * find what hangs for good: in a long one others' errands hide it.
 */
final class SoakCrowd {
  /** The Maven profile {@code soak} has more. */
  static final int PHASES = Integer.getInteger("soak.phases", 2);

  /** Repeats the clients' choices. */
  private static final long SEED = Long.getLong("soak.seed", System.nanoTime());

  private static final int CLIENTS = 24;
  private static final int SECONDS = 2;
  private static final long BETWEEN_KILLS_MILLIS = 150;

  /** A pool listens for its clients, and for deployments. */
  private static final Set<String> RESTING = Set.of("idle", "listen");

  private final SoakClient.Door door;
  private final List<String> pools;
  private final SoakClient.Errands errands;
  private final SoakReport report = new SoakReport();
  private int phases;

  SoakCrowd(SoakClient.Door door, List<String> pools, SoakClient.Errands errands) {
    this.door = door;
    this.pools = List.copyOf(pools);
    this.errands = errands;
    System.out.println("soak with seed " + SEED);
  }

  /**
   * As many phases as are asked for; in every other one servers are killed.
   *
   * @param kill ends one of the servers' connections
   * @param left what is left behind a phase, asked past the proxy
   * @param kept looks for what must be there
   */
  void phases(Runnable kill, Supplier<List<String>> left, Consumer<SoakReport> kept) {
    for (int i = 0; i < PHASES; i++) {
      if (i % 2 == 0) {
        calmPhase();
      } else {
        lossyPhase(kill);
      }
      settles(left);
      kept.accept(report);
      report.forgetRows();
    }
    System.out.println(report);
  }

  SoakReport report() {
    return report;
  }

  /** All come, and are gone at its end. */
  void calmPhase() {
    phase(false, () -> {});
  }

  /** The same, while servers are killed. */
  void lossyPhase(Runnable kill) {
    phase(true, kill);
  }

  private void phase(boolean lossy, Runnable kill) {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    SoakClient.Setting setting =
        new SoakClient.Setting(door, lossy, goesOn::get, report, errands, true);
    Map<SoakClient, Thread> clients = new LinkedHashMap<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = phases * 1_000 + i;
      SoakClient client = new SoakClient(number, pools.get(i % pools.size()), setting, SEED);
      clients.put(client, Thread.startVirtualThread(client));
    }
    phases++;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      Eventually.pause(BETWEEN_KILLS_MILLIS);
      kill.run();
    }
    goesOn.set(false);
    assertThat(stuck(clients)).as("clients that get no answer, of seed %s", SEED).isEmpty();
  }

  private static List<String> stuck(Map<SoakClient, Thread> clients) {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    List<String> stuck = new ArrayList<>();
    clients.forEach((client, thread) -> {
      if (!over(thread, patience - System.nanoTime())) {
        stuck.add(client.toString());
      }
    });
    return stuck;
  }

  private static boolean over(Thread thread, long nanos) {
    try {
      return thread.join(Duration.ofNanos(Math.max(1, nanos)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits until no client is known, and no server in use.
   *
   * @param left what else is left, asked past the proxy
   */
  void settles(Supplier<List<String>> left) {
    Eventually.equal(() -> left(left.get()), List.of());
    assertThat(report.wrong()).as("seed %s", SEED).isEmpty();
  }

  private List<String> left(List<String> elsewhere) {
    List<String> all = new ArrayList<>(elsewhere);
    try (Connection admin = AdminTable.login(door.port())) {
      Map<String, Integer> lists = new TreeMap<>();
      AdminTable.show(admin, "LISTS")
          .forEach(row -> lists.put(row.get("list"), Integer.valueOf(row.get("items"))));
      // Who looks is a client, too.
      int clients =
          lists.getOrDefault("used_clients", 0) + lists.getOrDefault("login_clients", 0) - 1;
      if (clients > 0) {
        all.add(clients + " clients");
      }
      AdminTable.show(admin, "SERVERS").stream()
          .filter(row -> !RESTING.contains(String.valueOf(row.get("state"))))
          .forEach(row -> all.add(row.toString()));
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
