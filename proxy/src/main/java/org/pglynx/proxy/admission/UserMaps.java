package org.pglynx.proxy.admission;

import java.util.List;
import org.pglynx.proxy.config.hba.IdentEntry;

/** Which users somebody known by another name may be, as check_usermap() of PostgreSQL says. */
final class UserMaps {
  private final List<IdentEntry> entries;

  UserMaps(List<IdentEntry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Whether somebody may be the user.
   *
   * @param map which entries count; empty for none: the names must be the same
   */
  boolean allows(String map, String outside, String user) {
    if (map.isEmpty()) {
      return outside.equals(user);
    }
    return entries.stream()
        .anyMatch(entry -> entry.map().equals(map) && entry.allows(outside, user));
  }
}
