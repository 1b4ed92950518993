package org.pglynx.proxy.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code general.peer_id} and {@code [peers.N]}, PgBouncer's names: one table that is the
 * same for all proxies behind an address, and the number that tells which of them this one is.
 */
final class PeersReader {
  /** PgBouncer's default_pool_size, which it takes for peers as well. */
  private static final int DEFAULT_POOL_SIZE = 20;

  private final Section general;
  private final Section peers;
  private final Map<Integer, PeerConfig> found = new TreeMap<>(Comparator.naturalOrder());
  private final Map<String, Integer> addresses = new HashMap<>();

  PeersReader(Section general, Section peers) {
    this.general = general;
    this.peers = peers;
  }

  PeersConfig read() {
    int own = general.integer("peer_id", 0, 0, PeersConfig.MAX_ID);
    for (Section peer : peers.tables()) {
      peer(peer);
    }
    if (!found.isEmpty() && !found.containsKey(own)) {
      general.fault("peer_id", missing(own));
    }
    return new PeersConfig(own, found.values().stream().toList());
  }

  private static String missing(int own) {
    return own == 0
        ? "must say which of [peers] this proxy is"
        : own + " is none of [peers]; the table is the same for all of them, this proxy included";
  }

  private void peer(Section section) {
    int id = id(section);
    PeerConfig peer =
        new PeerConfig(
            id,
            section.requiredText("host"),
            section.integer("port", 6432, 1, 65_535),
            section.integer("pool_size", DEFAULT_POOL_SIZE, 1, 1_000));
    section.finish();
    @Nullable Integer other = addresses.putIfAbsent(peer.host() + ":" + peer.port(), id);
    if (other != null) {
      section.fault(
          "host",
          peer.host() + ":" + peer.port() + " is the address of peer " + other + " already");
    }
    if (id != 0 && found.putIfAbsent(id, peer) != null) {
      fault(section, "there is a peer " + id + " already");
    }
  }

  private static int id(Section section) {
    if (section.name().matches("0*\\d{1,4}")) {
      int id = Integer.parseInt(section.name());
      if (id >= 1 && id <= PeersConfig.MAX_ID) {
        return id;
      }
    }
    fault(section, "a peer's name is its peer_id, 1 to " + PeersConfig.MAX_ID);
    return 0;
  }

  private static void fault(Section section, String message) {
    section.report().fault(section.position(), section.path() + ": " + message);
  }
}
