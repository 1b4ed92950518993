package org.pglynx.proxy.config.hba;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Reads networks in the two forms of pg_hba.conf; never asks a resolver. */
final class Networks {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Networks() {}

  static AddressMatch cidr(String text, int column) throws RuleException {
    int slash = text.indexOf('/');
    InetAddress address = address(text.substring(0, slash), column);
    String bits = text.substring(slash + 1);
    int width = address.getAddress().length * Byte.SIZE;
    if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > width) {
      throw new RuleException(column, "invalid CIDR mask in address \"" + text + '"');
    }
    return new AddressMatch.Network(address, mask(Integer.parseInt(bits), width));
  }

  static AddressMatch masked(String text, int column, String maskText, int maskColumn)
      throws RuleException {
    InetAddress address = address(text, column);
    if (!literal(maskText)) {
      throw new RuleException(maskColumn, "invalid IP mask \"" + maskText + '"');
    }
    InetAddress mask = address(maskText, maskColumn);
    if (mask.getAddress().length != address.getAddress().length) {
      throw new RuleException(maskColumn, "IP address and mask do not match");
    }
    return new AddressMatch.Network(address, mask);
  }

  static InetAddress address(String text, int column) throws RuleException {
    if (!literal(text)) {
      throw new RuleException(
          column,
          '"'
              + text
              + "\" is no IP address; host names are not served in rules, write the network");
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new RuleException(column, "invalid IP address \"" + text + '"');
    }
  }

  private static boolean literal(String text) {
    return IPV4.matcher(text).matches() || text.indexOf(':') >= 0;
  }

  private static InetAddress mask(int bits, int width) {
    byte[] mask = new byte[width / Byte.SIZE];
    for (int i = 0; i < bits; i++) {
      mask[i / Byte.SIZE] |= (byte) (0x80 >> (i % Byte.SIZE));
    }
    try {
      return InetAddress.getByAddress(mask);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
