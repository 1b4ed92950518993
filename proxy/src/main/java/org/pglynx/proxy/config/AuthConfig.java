package org.pglynx.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.IdentEntry;

/**
 * Who may come in, as far as it is said for the whole process.
 *
 * @param authType how users prove who they are that do not say it themselves
 * @param rules the rules of {@code hba} and {@code auth_hba_file}, in order; empty if there are
 *     none, and then each user's auth_type decides
 * @param maps the entries of {@code auth_ident_file}
 * @param userlist secrets of {@code auth_file} by user name; an empty one is a user without
 *     password
 * @param query how servers are asked for secrets
 * @param plaintextAllowed whether a password in clear may come over an unencrypted connection
 * @param maxAutoPools the most pools that are made on demand
 * @param autoIdleMillis how long such a pool outlives its last session
 */
public record AuthConfig(
    AuthType authType,
    Optional<List<HbaRule>> rules,
    List<IdentEntry> maps,
    Map<String, Secret> userlist,
    Optional<AuthQueryConfig> query,
    boolean plaintextAllowed,
    int maxAutoPools,
    long autoIdleMillis) {
  /** Copies the collections and keeps their order. */
  public AuthConfig {
    rules = rules.map(List::copyOf);
    maps = List.copyOf(maps);
    userlist = Collections.unmodifiableMap(new LinkedHashMap<>(userlist));
  }

  /** Whether something else than the user's own entry may say how it proves who it is. */
  boolean mayProve(String user, Optional<AuthQueryConfig> poolQuery) {
    return rules.isPresent() || poolQuery.isPresent() || userlist.containsKey(user);
  }
}
