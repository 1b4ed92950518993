package org.pglynx.proxy.shard;

import java.util.BitSet;
import org.pglynx.proxy.relay.Arguments;

/**
 * One execution of an UPDATE that moves rows.
 *
 * @param move the statement
 * @param arguments what is bound to its parameters
 * @param types their types as the client declared them
 * @param later the shard that all its rows come to; empty if each may come to another
 */
record MoveRun(KeyMove move, Arguments arguments, int[] types, BitSet later) implements SteppedRun {
  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public boolean returnsRows() {
    return !move.text().returning().isEmpty();
  }

  @Override
  public Steps steps(ScatterGather whole, boolean query) {
    return new MoveSteps(whole, this, query);
  }
}
