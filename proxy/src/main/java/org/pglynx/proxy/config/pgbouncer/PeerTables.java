package org.pglynx.proxy.config.pgbouncer;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes {@code [peers.N]}. PgBouncer's need not have the process itself among them. */
final class PeerTables {
  private static final List<String> KEYS = List.of("host", "port", "pool_size");

  private final PgbouncerFile file;

  PeerTables(PgbouncerFile file) {
    this.file = file;
  }

  void write(List<IniEntry> peers) {
    String own = file.setting("peer_id", "0");
    if (own.equals("0") && !peers.isEmpty()) {
      file.notice(peers.getFirst(), "[peers] has no effect: peer_id is 0");
      return;
    }
    peers.forEach(this::peer);
    boolean listed = peers.stream().anyMatch(peer -> peer.key().equals(own));
    if (!peers.isEmpty() && !listed) {
      IniEntry entry = file.entry("peer_id");
      file.out().line("[peers." + own + "]", entry);
      file.out().line("host = " + TomlText.quoted(ownHost()), entry);
      file.out().line("port = " + Values.whole(file.setting("listen_port", "6432")), entry);
    }
  }

  private String ownHost() {
    String directory = file.setting("unix_socket_dir", "/tmp");
    return directory.isEmpty() ? "127.0.0.1" : directory;
  }

  private void peer(IniEntry entry) {
    Map<String, String> pairs = file.pairs(entry);
    file.out().line("[peers." + entry.key() + "]", entry);
    text("host", pairs.remove("host"), entry);
    whole("port", pairs.remove("port"), entry);
    whole("pool_size", pairs.remove("pool_size"), entry);
    file.unknown(entry, pairs.keySet(), KEYS);
  }

  private void text(String key, @Nullable String value, IniEntry entry) {
    if (value != null) {
      file.out().line(key + " = " + TomlText.quoted(value), entry);
    }
  }

  private void whole(String key, @Nullable String value, IniEntry entry) {
    if (value != null) {
      file.out().line(key + " = " + Values.whole(value), entry);
    }
  }
}
