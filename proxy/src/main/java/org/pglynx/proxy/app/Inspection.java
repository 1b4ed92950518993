package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.backend.BackendConnector;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.ServerKind;
import org.pglynx.proxy.config.ShardingConfig;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.transport.HostAddresses;
import org.pglynx.proxy.transport.Transport;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Looks whether the servers are there and are what the configuration says: reachable, open to its
 * logins, primaries and replicas where it says so, with a schema for machine learning, and of
 * sharded tables with the partition that belongs to the shard. It only asks, and changes nothing.
 */
public final class Inspection {
  /** In one row: whether it is a standby, whether it has the schema pgml, or might get it. */
  private static final String STATE =
      """
      SELECT pg_is_in_recovery(), to_regnamespace('pgml') IS NOT NULL,
             has_database_privilege(current_database(), 'CREATE'), $1::text\
      """;

  /** The bounds of a table, and of its partitions; no row if there is no such table. */
  private static final String BOUNDS =
      """
      SELECT c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)
      FROM pg_class c
      WHERE c.relname = $1::text AND c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text
              NOT IN ('pg_catalog', 'information_schema')
         OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
                    WHERE i.inhrelid = c.oid AND p.relname = $1::text AND p.relkind = 'p')\
      """;

  private static final String YES = "t";

  /** For connections to be closed before their loop is: an io_uring loop does that in two turns. */
  private static final int QUIET_MILLIS = 50;

  private final ProxyConfig config;
  private final BackendConnector connector;
  private final EventLoop loop;
  private final List<Finding> findings = new ArrayList<>();

  private Inspection(ProxyConfig config, BackendConnector connector, EventLoop loop) {
    this.config = config;
    this.connector = connector;
    this.loop = loop;
  }

  /** Looks at all servers; blocks until each has answered, or has not in time. */
  public static List<Finding> of(ProxyConfig config) {
    GeneralConfig general = config.general();
    Encryption encryption = new Encryption(config);
    // Which every machine has; a few questions need no other.
    Transport transport = Transport.start(TransportKind.NIO, 1);
    Workers workers = Workers.start(1);
    HostAddresses hosts = HostAddresses.ofThisMachine(general.dnsMaxTtlSeconds());
    try {
      BackendConnector connector =
          new BackendConnector(
              transport,
              transport.socketOptions(general.tcp()),
              hosts,
              encryption.servers(),
              workers.compute(),
              workers.logins(),
              new ScramKeyCache(100),
              NonceSource.secure());
      return new Inspection(config, connector, transport.loopList().getFirst()).run();
    } finally {
      hosts.close();
      workers.stop();
      transport
          .loops()
          .shutdownGracefully(QUIET_MILLIS, 1000, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(2, TimeUnit.SECONDS);
      encryption.close();
    }
  }

  private List<Finding> run() {
    Probes probes = new Probes(config);
    List<ConnectionPool> connections = new ArrayList<>();
    List<CompletableFuture<List<@Nullable String[]>>> answers = new ArrayList<>();
    for (Probe probe : probes.all()) {
      ConnectionPool own = probe.connect(connector, loop);
      connections.add(own);
      answers.add(probe.ask(own, loop, STATE, ""));
    }
    for (int i = 0; i < answers.size(); i++) {
      Probe probe = probes.all().get(i);
      try {
        state(probe, answers.get(i).join().getFirst());
        tables(probe, connections.get(i));
      } catch (CompletionException e) {
        findings.add(failure(probe, Objects.requireNonNullElse(e.getCause(), e)));
      }
    }
    connections.forEach(ConnectionPool::close);
    findings.addAll(probes.notes());
    return List.copyOf(findings);
  }

  private static Finding failure(Probe probe, Throwable cause) {
    if (!(cause instanceof PgErrorException refused)) {
      return new Finding(Finding.Kind.UNREACHABLE, probe.where(), String.valueOf(cause));
    }
    String detail = refused.error().detail();
    String message = refused.error().message() + (detail == null ? "" : " (" + detail + ")");
    return new Finding(kind(refused.error().code()), probe.where(), message);
  }

  /**
   * By the class of the error: authorization, an unknown database, what a query meets, the rest.
   */
  private static Finding.Kind kind(String code) {
    return switch (code.substring(0, 2)) {
      case "28" -> Finding.Kind.REFUSED;
      case "3D", "42" -> Finding.Kind.MISFIT;
      default -> Finding.Kind.UNREACHABLE;
    };
  }

  private void misfit(Probe probe, String message) {
    findings.add(new Finding(Finding.Kind.MISFIT, probe.where(), message));
  }

  // ---- what it is ------------------------------------------------------------------------------

  private void state(Probe probe, @Nullable String[] row) {
    boolean standby = YES.equals(row[0]);
    ServerKind kind = probe.server().kind();
    if (kind == ServerKind.PRIMARY && standby) {
      misfit(
          probe,
          "is a replica (in recovery), and the configuration calls it the primary; \"auto\" would"
              + " follow a change of roles");
    } else if (kind == ServerKind.REPLICA && !standby) {
      misfit(
          probe,
          "is a primary (not in recovery), and the configuration calls it a replica; reads would"
              + " see what nobody replicates");
    }
    if (config.ml().enabled() && !YES.equals(row[1]) && !standby) {
      findings.add(
          new Finding(Finding.Kind.NO_SCHEMA, probe.where(), noSchema(YES.equals(row[2]))));
    }
  }

  private static String noSchema(boolean mayCreate) {
    return "has no schema pgml; "
        + (mayCreate
            ? "the first pgml.train makes it"
            : "whoever trains here needs it: GRANT CREATE ON DATABASE to the role, or ml.enabled ="
                + " false if nobody does");
  }

  // ---- sharded tables --------------------------------------------------------------------------

  private void tables(Probe probe, ConnectionPool connections) {
    if (!probe.pool().sharded()) {
      return;
    }
    for (ShardingConfig.Table table : probe.pool().sharding().tables()) {
      if (!table.name().equals("*") && table.function() == ShardingConfig.Function.HASH) {
        table(probe, table.name(), probe.ask(connections, loop, BOUNDS, table.name()).join());
      }
    }
  }

  private void table(Probe probe, String table, List<@Nullable String[]> rows) {
    if (rows.isEmpty()) {
      misfit(probe, "has no table " + table + ", which the configuration calls sharded");
    }
    int shards = probe.pool().shards().size();
    for (@Nullable String[] row : rows) {
      String bound = row[1];
      HashPartition partition = bound == null ? null : HashPartition.of(bound).orElse(null);
      if (partition != null
          && (partition.modulus() != shards || partition.remainder() != probe.shard())) {
        misfit(
            probe,
            "%s is partition %d of %d, and belongs to shard %d of %d; rows would be sought elsewhere"
                .formatted(
                    row[0], partition.remainder(), partition.modulus(), probe.shard(), shards));
      }
    }
  }
}
