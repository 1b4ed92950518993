package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;

/** Names as PostgreSQL takes them from a startup packet. */
final class ServerName {
  /** NAMEDATALEN - 1. */
  private static final int MAX_BYTES = 63;

  private ServerName() {}

  /**
   * The name cut to 63 bytes, as PostgreSQL does before it looks at pg_hba.conf (CVE-2012-4575);
   * never within a character.
   */
  static String of(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_BYTES) {
      return name;
    }
    int end = MAX_BYTES;
    while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
