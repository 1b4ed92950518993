package org.pglynx.proxy.app.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.app.rehearsal.CannedClient.Way;

/**
 * What the clients of a rehearsal do. Long enough that the compiler has been through everything
 * that forwards messages: its profiles are what the cache is for.
 */
public final class RehearsalLoad {
  /** All kinds in turn, so that none is compiled long before another. */
  private static final int STEPS = 5;

  /** What happens rarely need not be fast, but its classes are to be in the cache. */
  private static final int FEW = 200;

  private static final int DEPTH = 20;

  /**
   * As many as one loop has at once under load, more than servers: code that has only seen one
   * client at a time is compiled for that, and costs 4 % more with fifty.
   */
  private static final int CROWD = 24;

  private static final int ANSWER_MILLIS = 10_000;

  /** Enough for the compiler: {@link #run} takes five seconds. */
  public static final int LONG = 2_500;

  private final int port;
  private final CannedServer server;
  private final int queries;

  /**
   * @param port of the proxy
   * @param server behind it
   * @param queries of each kind in a step
   */
  public RehearsalLoad(int port, CannedServer server, int queries) {
    this.port = port;
    this.server = server;
    this.queries = queries;
  }

  /** Does it all, once. */
  public void run() throws IOException {
    forward();
    changeState();
    encrypt();
    loseServers();
    administer();
  }

  private void forward() throws IOException {
    try (CannedClient client = login(RehearsalConfig.PLAIN);
        CannedClient other = login(RehearsalConfig.PLAIN)) {
      client.prepare();
      other.prepare();
      for (int i = 0; i < STEPS; i++) {
        for (Way way : Way.values()) {
          client.ask(way, queries / 4);
          client.pipeline(way, DEPTH);
          other.ask(way, FEW);
        }
        crowd();
      }
    }
  }

  /** Many clients ask at the same time. */
  private void crowd() throws IOException {
    List<CannedClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CROWD; i++) {
        CannedClient client = login(RehearsalConfig.PLAIN);
        clients.add(client);
        client.prepare();
      }
      for (Way way : Way.values()) {
        for (int i = 0; i < queries; i += CROWD) {
          together(clients, way);
        }
      }
    } finally {
      for (CannedClient client : clients) {
        client.close();
      }
    }
  }

  private static void together(List<CannedClient> clients, Way way) throws IOException {
    for (CannedClient client : clients) {
      client.begin(way);
    }
    for (CannedClient client : clients) {
      client.awaitReady();
    }
  }

  private void changeState() throws IOException {
    try (CannedClient client = login(RehearsalConfig.PLAIN)) {
      for (int i = 0; i < FEW; i++) {
        client.query("BEGIN");
        client.query("SELECT 1");
        client.query("COMMIT");
      }
      client.query("SET TimeZone TO 'Europe/Berlin'");
      client.query("SELECT 1");
      client.query("RESET ALL");
      client.query("FAIL");
      client.query("SELECT pgml.predict('nothing', ARRAY[1, 2, 3])");
    }
  }

  private void encrypt() throws IOException {
    for (int i = 0; i < DEPTH; i++) {
      try (CannedClient client = login(RehearsalConfig.GUARDED)) {
        client.prepare();
        for (Way way : Way.values()) {
          client.ask(way, DEPTH);
        }
      }
    }
  }

  private void loseServers() throws IOException {
    try (CannedClient client = login(RehearsalConfig.PLAIN)) {
      client.query("SELECT 1");
      server.cut();
      client.query("SELECT 1");
      client.query("SELECT 1");
    }
  }

  private void administer() throws IOException {
    try (CannedClient admin =
        CannedClient.login(port, RehearsalConfig.ADMIN, "pglynx", ANSWER_MILLIS)) {
      for (String what : new String[] {"POOLS", "CLIENTS", "SERVERS", "STATS", "DATABASES"}) {
        admin.query("SHOW " + what);
      }
    }
  }

  private CannedClient login(String pool) throws IOException {
    return CannedClient.login(port, RehearsalConfig.USER, pool, ANSWER_MILLIS);
  }
}
