package org.pglynx.proxy.admin;

/**
 * A peer's address in two columns.
 *
 * @param host the address without brackets
 * @param port the TCP port; 0 if there is none
 */
record Address(String host, int port) {
  /** Takes {@code 127.0.0.1:5432}, {@code [::1]:5432}, or an address alone. */
  static Address of(String text) {
    String plain = text.startsWith("/") ? text.substring(1) : text;
    int colon = plain.lastIndexOf(':');
    String port = plain.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}")) {
      return new Address(plain, 0);
    }
    return new Address(bare(plain.substring(0, colon)), Integer.parseInt(port));
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
