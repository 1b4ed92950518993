package org.pglynx.proxy.shard;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * UPDATE of a sharding key: goes to one shard if it is known that its rows stay there, and moves
 * them otherwise.
 *
 * @param whole the statement as one whose rows stay
 * @param key what the columns of the key become: terms, or null where only a server can tell
 * @param text what it consists of
 * @param obstacle why its rows cannot be moved; empty if they can
 * @param limit how many bytes of rows may be moved
 */
record KeyMove(
    Plan.Keyed whole, List<@Nullable KeyTerm> key, MoveText text, String obstacle, long limit)
    implements Plan {
  @Override
  public boolean needsArguments() {
    return whole.needsArguments() || key.stream().anyMatch(term -> term != null && term.bound());
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return whole.anywhere(shards);
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    try {
      BitSet later = later(arguments, types, shards.asked());
      BitSet now = now(arguments, types, shards.asked());
      if (later.cardinality() == 1 && later.equals(now)) {
        return new ShardRoute.To(shards.shard(later.nextSetBit(0)));
      }
      boolean lookedUp = text.table().function() instanceof ShardFunction.Lookup;
      if (lookedUp && later.isEmpty()) {
        return Plan.unproven("it computes keys, which have to be looked up in a directory");
      }
      return obstacle.isEmpty()
          ? new ShardRoute.To(shards.together(), new MoveRun(this, arguments, types, later))
          : Plan.unproven("it changes the sharding key, and " + obstacle);
    } catch (UnplacedException e) {
      return e.route();
    } catch (PgErrorException e) {
      return new ShardRoute.Refused(e.error());
    } catch (NotProvableException e) {
      return Plan.unproven(e.reason());
    }
  }

  /** Where its rows are now; empty if that is not known. */
  private BitSet now(Arguments arguments, int[] types, long since) throws UnplacedException {
    BitSet all = new BitSet();
    try {
      for (TableUse use : whole.uses()) {
        if (!use.keyed()) {
          return new BitSet();
        }
        all.or(new KeyShards(use, arguments, types, whole.occurrences(), false, since).shards());
      }
      return all;
    } catch (PgErrorException | NotProvableException e) {
      return new BitSet();
    }
  }

  /** Where they will be; empty if the statement alone does not say it. */
  private BitSet later(Arguments arguments, int[] types, long since)
      throws PgErrorException, NotProvableException, UnplacedException {
    TableUse use = TableUse.of(text.table(), text.table().name());
    for (int i = 0; i < key.size(); i++) {
      KeyTerm term = key.get(i);
      if (term == null) {
        return new BitSet();
      }
      use.key()[i].among(List.of(term));
    }
    return new KeyShards(use, arguments, types, whole.occurrences(), true, since).shards();
  }
}
