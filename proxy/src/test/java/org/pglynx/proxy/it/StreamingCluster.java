package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A primary and standbys that stream its log. */
final class StreamingCluster implements AutoCloseable {
  private final Path directory;
  private final List<StreamingServer> servers = new ArrayList<>();

  private StreamingCluster(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts one.
   *
   * @param standbys how many
   * @param setup what the primary executes first
   */
  static StreamingCluster start(int standbys, String... setup) {
    try {
      Path directory = Files.createTempDirectory("streaming");
      StreamingCluster cluster = new StreamingCluster(directory);
      StreamingServer primary = StreamingServer.start(directory.resolve("s0"));
      cluster.servers.add(primary);
      primary.execute(setup);
      // A copy of a stopped server needs no pg_basebackup, which not every machine has.
      primary.stop();
      StreamingServer.trust(directory.resolve("s0"), Network.ADDRESSES);
      List<Path> copies = new ArrayList<>();
      for (int i = 1; i <= standbys; i++) {
        Path copy = directory.resolve("s" + i);
        primary.copyTo(copy);
        copies.add(copy);
      }
      primary.restart();
      copies.forEach(cluster::addStandby);
      Eventually.equal(
          () -> primary.value("SELECT count(*) FROM pg_stat_replication"),
          String.valueOf(standbys));
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addStandby(Path data) {
    StreamingServer.prepare(data, servers.getFirst());
    servers.add(StreamingServer.start(data));
  }

  /** The server that was made as the primary is the first. */
  StreamingServer server(int index) {
    return servers.get(index);
  }

  int size() {
    return servers.size();
  }

  /**
   * As the configuration lists them, all in the given role; the first in another one if need be.
   */
  String toml(String first, String others) {
    List<String> list = new ArrayList<>();
    for (StreamingServer server : servers) {
      String role = list.isEmpty() ? first : others;
      list.add("[\"127.0.0.1\", " + server.port() + ", \"" + role + "\"]");
    }
    return "[" + String.join(", ", list) + "]";
  }

  /** Waits until all standbys have all that the primary has. */
  void settle(StreamingServer primary) {
    String position = primary.value("SELECT pg_current_wal_lsn()");
    for (StreamingServer server : servers) {
      if (server != primary) {
        Eventually.equal(
            () -> server.value("SELECT pg_last_wal_replay_lsn() >= '" + position + "'::pg_lsn"),
            "t");
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(StreamingServer::close);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
