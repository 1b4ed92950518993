package org.pglynx.proxy.config.hba;

import java.net.InetAddress;

/** The ADDRESS field of a rule. */
public sealed interface AddressMatch {
  /** {@code all}, and what {@code local} rules have. */
  record Any() implements AddressMatch {}

  /** {@code samehost}: an address of this machine. */
  record SameHost() implements AddressMatch {}

  /** {@code samenet}: an address of a network that this machine is in. */
  record SameNet() implements AddressMatch {}

  /**
   * A network of one address family.
   *
   * @param address an address of the network
   * @param mask as many bytes as the address has
   */
  record Network(InetAddress address, InetAddress mask) implements AddressMatch {
    /** Whether the address is in the network; never if it is of the other family. */
    public boolean contains(InetAddress other) {
      byte[] network = address.getAddress();
      byte[] bits = mask.getAddress();
      byte[] asked = other.getAddress();
      if (asked.length != network.length) {
        return false;
      }
      for (int i = 0; i < asked.length; i++) {
        if (((asked[i] ^ network[i]) & bits[i]) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
