package org.pglynx.proxy.session;

import java.util.StringJoiner;
import org.pglynx.proxy.sql.SessionEffects;

/** Words for state that only one server connection has. */
final class KeptState {
  private static final String[] WORDS = {
    "SET ROLE",
    "PREPARE",
    "LISTEN",
    "temporary objects",
    "cursors WITH HOLD",
    "session advisory locks",
    "LOAD",
    "set_config of a computed name",
    "state that nobody knows"
  };

  private static final int[] BITS = {
    SessionEffects.ROLE,
    SessionEffects.PREPARE,
    SessionEffects.LISTEN,
    SessionEffects.TEMPORARY,
    SessionEffects.HOLD,
    SessionEffects.ADVISORY,
    SessionEffects.LOAD,
    SessionEffects.COMPUTED_NAME,
    SessionEffects.UNCLEAR
  };

  private KeptState() {}

  /** The state, for people, separated by commas. */
  static String describe(int bits) {
    StringJoiner words = new StringJoiner(", ");
    for (int i = 0; i < BITS.length; i++) {
      if (SessionEffects.any(bits, BITS[i])) {
        words.add(WORDS[i]);
      }
    }
    return words.toString();
  }
}
