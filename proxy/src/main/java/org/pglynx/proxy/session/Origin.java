package org.pglynx.proxy.session;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a client comes from, and by what way: what rules in the manner of pg_hba.conf ask about.
 *
 * @param address the client's address; null on a Unix socket
 * @param encrypted whether it speaks TLS
 * @param certificate the common name of its certificate, verified against our CA; null if it showed
 *     none
 * @param peer the process at the other end of a Unix socket, as the kernel tells it; null on TCP
 */
public record Origin(
    @Nullable InetAddress address,
    boolean encrypted,
    @Nullable String certificate,
    @Nullable Peer peer) {

  /**
   * A process on this machine.
   *
   * @param uid its effective user
   * @param pid its process id
   */
  public record Peer(int uid, int pid) {}

  /** Over TCP, in clear. */
  public static Origin tcp(InetAddress address) {
    return new Origin(address, false, null, null);
  }

  /** Over TCP, by TLS. */
  public static Origin encrypted(InetAddress address, @Nullable ClientCertificate certificate) {
    return new Origin(address, true, certificate == null ? null : certificate.commonName(), null);
  }

  /** Over a Unix socket, if the kernel names the process at its other end. */
  public static Origin local(@Nullable Peer peer) {
    return new Origin(null, false, null, peer);
  }

  /** Whether it came over a Unix socket. */
  public boolean local() {
    return address == null;
  }
}
