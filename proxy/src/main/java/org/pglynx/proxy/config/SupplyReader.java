package org.pglynx.proxy.config;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads what pools do to come by server connections, each of general, pool and user inheriting from
 * the one above: PgBouncer's names, and pgcat's beside them where it has the same.
 */
final class SupplyReader {
  private static final int ANY_COUNT = 1_000_000;
  private static final int MAX_RESERVE = 10_000;

  private static final SupplyConfig DEFAULTS =
      new SupplyConfig(
          0,
          5_000,
          false,
          new CheckConfig(CheckConfig.EMPTY_QUERY, 30_000, 1_000),
          new ServerLimitConfig(0, 0, 0));

  /** The limit of each user, which all its pools share. */
  static final class UserLimits {
    private final Map<String, Integer> known = new HashMap<>();

    /** Reports a user whose limit is another in an earlier pool. */
    void agree(Section section, UserConfig user) {
      int limit = user.supply().limits().user();
      Integer earlier = known.putIfAbsent(user.username(), limit);
      if (earlier != null && earlier != limit) {
        section.fault(
            "max_user_connections",
            limit
                + " here and "
                + earlier
                + " in an earlier pool: the limit is that of the user \""
                + user.username()
                + "\" in all pools; give the same number in each");
      }
    }
  }

  private final Section section;

  SupplyReader(Section section) {
    this.section = section;
  }

  SupplyConfig general() {
    ServerLimitConfig limits =
        new ServerLimitConfig(
            count("max_db_connections", 0),
            count("max_user_connections", 0),
            count("max_server_connections", 0));
    return read(DEFAULTS, limits);
  }

  SupplyConfig pool(SupplyConfig inherited) {
    ServerLimitConfig above = inherited.limits();
    return read(
        inherited,
        new ServerLimitConfig(
            count("max_db_connections", above.database()), above.user(), above.server()));
  }

  /** The reserve is a user's own, as pool_size is; how idle ones are used is the pool's. */
  SupplyConfig user(SupplyConfig inherited) {
    ServerLimitConfig above = inherited.limits();
    return new SupplyConfig(
        reserveSize(inherited),
        reserveAfter(inherited),
        inherited.roundRobin(),
        inherited.check(),
        new ServerLimitConfig(
            above.database(), count("max_user_connections", above.user()), above.server()));
  }

  private SupplyConfig read(SupplyConfig inherited, ServerLimitConfig limits) {
    return new SupplyConfig(
        reserveSize(inherited),
        reserveAfter(inherited),
        section.flag("server_round_robin", inherited.roundRobin()),
        check(inherited.check()),
        limits);
  }

  private int count(String key, int inherited) {
    return section.integer(key, inherited, 0, ANY_COUNT);
  }

  private int reserveSize(SupplyConfig inherited) {
    return section.integer("reserve_pool_size", inherited.reserveSize(), 0, MAX_RESERVE);
  }

  private long reserveAfter(SupplyConfig inherited) {
    return section.millis("reserve_pool_timeout", inherited.reserveAfterMillis(), 0);
  }

  private CheckConfig check(CheckConfig inherited) {
    String query = section.text("server_check_query", inherited.query());
    if (section.has("server_check_query") && query.indexOf(0) >= 0) {
      section.fault("server_check_query", "a statement cannot contain a NUL character");
    }
    String delay = section.spelled("server_check_delay", "healthcheck_delay");
    return new CheckConfig(
        query,
        section.millis(delay, inherited.delayMillis(), 0),
        section.millis("healthcheck_timeout", inherited.timeoutMillis(), 1));
  }
}
