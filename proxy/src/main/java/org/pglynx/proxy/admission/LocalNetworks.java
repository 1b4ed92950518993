package org.pglynx.proxy.admission;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this machine and the networks it is in, for {@code samehost} and {@code
 * samenet}; as they are when the rules are loaded.
 *
 * @param addresses of all interfaces that are up
 */
public record LocalNetworks(List<Address> addresses) {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNetworks.class);

  /**
   * An address of an interface.
   *
   * @param address its own
   * @param prefix how many bits name its network
   */
  public record Address(InetAddress address, int prefix) {
    boolean sameNetwork(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Asks the kernel. */
  public static LocalNetworks ofThisMachine() {
    try {
      return new LocalNetworks(
          NetworkInterface.networkInterfaces()
              .flatMap(each -> each.getInterfaceAddresses().stream())
              .map(LocalNetworks::address)
              .toList());
    } catch (SocketException e) {
      LOG.warn("samehost and samenet match nothing: {}", e.getMessage());
      return new LocalNetworks(List.of());
    }
  }

  private static Address address(InterfaceAddress of) {
    return new Address(of.getAddress(), of.getNetworkPrefixLength());
  }

  boolean ownAddress(InetAddress other) {
    return addresses.stream().anyMatch(each -> sameBytes(each.address(), other));
  }

  /** Without the scope, which an address of a client may carry and the interface's may not. */
  private static boolean sameBytes(InetAddress a, InetAddress b) {
    return java.util.Arrays.equals(a.getAddress(), b.getAddress());
  }

  boolean ownNetwork(InetAddress other) {
    return addresses.stream().anyMatch(each -> each.sameNetwork(other));
  }
}
