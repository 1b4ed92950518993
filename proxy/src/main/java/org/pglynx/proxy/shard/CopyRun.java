package org.pglynx.proxy.shard;

/**
 * One execution of a COPY FROM STDIN.
 *
 * @param copy the statement
 */
record CopyRun(CopyFrom copy) implements SteppedRun {
  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public boolean returnsRows() {
    return false;
  }

  @Override
  public Steps steps(ScatterGather whole, boolean query) {
    return new CopySteps(whole, copy, query);
  }
}
