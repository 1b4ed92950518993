package org.pglynx.proxy.dashboard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many typed statements of each database's user run, in whichever login sessions: else somebody
 * who logs in often enough would leave no places to others. Safe for many threads.
 */
final class StatementPlaces {
  static final int MOST = 4;

  private final Map<User, Integer> taken = new ConcurrentHashMap<>();

  private record User(String database, String name) {
    static User of(Credentials who) {
      return new User(who.database(), who.user());
    }
  }

  /**
   * Takes a place, which is to be given back.
   *
   * @throws FaultException if the user has none left
   */
  void take(Credentials who) throws FaultException {
    if (taken.merge(User.of(who), 1, Integer::sum) > MOST) {
      giveBack(who);
      throw Fault.of("53400", MOST + " statements of this user run already")
          .withHint("Wait for one, or cancel one.")
          .toException();
    }
  }

  void giveBack(Credentials who) {
    taken.computeIfPresent(User.of(who), (user, count) -> count == 1 ? null : count - 1);
  }
}
