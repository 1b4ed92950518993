package org.pglynx.proxy.config;

import java.util.List;

/**
 * The proxies behind one address.
 *
 * @param own the number of this one; 0 if it has none
 * @param all every one of them, this one included, by number; empty if this one knows no other
 */
public record PeersConfig(int own, List<PeerConfig> all) {
  /** The largest number that a cancel key has room for. */
  public static final int MAX_ID = 1023;

  /** A proxy on its own. */
  public static final PeersConfig NONE = new PeersConfig(0, List.of());

  /** Copies the list. */
  public PeersConfig {
    all = List.copyOf(all);
  }
}
