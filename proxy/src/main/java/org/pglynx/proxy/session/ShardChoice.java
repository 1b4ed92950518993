package org.pglynx.proxy.session;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The shard that a client has chosen for all its statements, or those of its transaction. */
final class ShardChoice {
  private static final int NONE = -1;

  private static final PgError OUTSIDE =
      PgError.error(
              SqlState.NO_TRANSACTION,
              "SET LOCAL chooses a shard for the rest of a transaction only")
          .withHint("BEGIN first, or leave out LOCAL.");

  private final Shards shards;
  private final BooleanSupplier inBlock;
  private int chosen = NONE;

  /** What SET LOCAL has chosen. */
  private int local = NONE;

  private boolean locally;

  /**
   * None yet.
   *
   * @param inBlock whether the client is in a transaction block
   */
  ShardChoice(Shards shards, BooleanSupplier inBlock) {
    this.shards = shards;
    this.inBlock = inBlock;
  }

  /** Whether it is one for the transaction. */
  boolean local() {
    return made() && locally;
  }

  /** The transaction ends: what was chosen for it alone is chosen no longer. */
  void transactionEnds() {
    locally = false;
  }

  /** Whether the client has chosen. */
  boolean made() {
    return shard() != NONE;
  }

  /** The shard that it has chosen. */
  int shard() {
    locally &= inBlock.getAsBoolean();
    return locally ? local : chosen;
  }

  /** A number that nobody else gives. */
  long uniqueId() {
    return shards.uniqueId();
  }

  /** As SHOW SHARD says it. */
  String text() {
    return made() ? String.valueOf(shard()) : "unset";
  }

  /** Chooses as the command says; tells why not, and changes nothing. */
  @Nullable PgError choose(ShardCommand command) {
    try {
      switch (command) {
        case ShardCommand.Local only -> {
          if (!inBlock.getAsBoolean()) {
            return OUTSIDE;
          }
          local = place(only.command());
          locally = true;
        }
        case ShardCommand.ShowShard show -> {
          // Changes nothing.
        }
        case ShardCommand.NextId next -> {
          // Changes nothing.
        }
        case ShardCommand.SetShard set -> chooses(place(set));
        case ShardCommand.AnyShard any -> chooses(place(any));
        case ShardCommand.NoShard none -> chooses(place(none));
        case ShardCommand.SetKey key -> chooses(place(key));
      }
      return null;
    } catch (PgErrorException e) {
      return e.error();
    }
  }

  private void chooses(int shard) {
    chosen = shard;
    locally = false;
  }

  private int place(ShardCommand command) throws PgErrorException {
    return switch (command) {
      case ShardCommand.SetShard set -> number(set.number());
      case ShardCommand.AnyShard any -> shards.unchosen();
      case ShardCommand.NoShard none -> NONE;
      case ShardCommand.SetKey set -> shards.shardOf(set.key());
      case ShardCommand.Local only -> place(only.command());
      case ShardCommand.ShowShard show -> shard();
      case ShardCommand.NextId next -> shard();
    };
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
