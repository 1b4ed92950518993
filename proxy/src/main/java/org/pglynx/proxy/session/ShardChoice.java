package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The shard that a client has chosen for all its statements, if it has. */
final class ShardChoice {
  private static final int NONE = -1;

  private final Shards shards;
  private int chosen = NONE;

  ShardChoice(Shards shards) {
    this.shards = shards;
  }

  /** Whether the client has chosen. */
  boolean made() {
    return chosen != NONE;
  }

  /** The shard that it has chosen. */
  int shard() {
    return chosen;
  }

  /** A number that nobody else gives. */
  long uniqueId() {
    return shards.uniqueId();
  }

  /** As SHOW SHARD says it. */
  String text() {
    return made() ? String.valueOf(chosen) : "unset";
  }

  /** Chooses as the command says; tells why not, and changes nothing. */
  @Nullable PgError choose(ShardCommand command) {
    try {
      chosen =
          switch (command) {
            case ShardCommand.SetShard set -> number(set.number());
            case ShardCommand.AnyShard any -> shards.unchosen();
            case ShardCommand.NoShard none -> NONE;
            case ShardCommand.SetKey set -> shards.shardOf(set.key());
            case ShardCommand.ShowShard show -> chosen;
            case ShardCommand.NextId next -> chosen;
          };
      return null;
    } catch (PgErrorException e) {
      return e.error();
    }
  }

  private int number(String digits) throws PgErrorException {
    // More digits than any shard has would not fit.
    int number = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    if (number >= shards.count()) {
      throw PgError.error(
              SqlState.INVALID_PARAMETER,
              "shard %s is not configured (there are %d), staying on shard %s"
                  .formatted(digits, shards.count(), text()))
          .withHint("Shard numbers start at 0.")
          .toException();
    }
    return number;
  }
}
