package org.pglynx.proxy.mirror;

import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * A mirror of one user's statements to a server. Its connections come from a pool of its own, so
 * that what it does to them concerns nobody.
 */
public final class Mirror {
  private final MirrorTraffic traffic;
  private final int percent;

  /**
   * One that has got nothing yet.
   *
   * @param name for the log
   * @param percent how many transactions in a hundred it gets
   * @param queueBytes how much may wait for it
   */
  public Mirror(String name, int percent, long queueBytes) {
    this.traffic = new MirrorTraffic(name, queueBytes);
    this.percent = percent;
  }

  /**
   * Gives it what the sessions of an event loop do.
   *
   * @param connections gives connections to the mirror, on that loop
   */
  public Mirroring over(UpstreamProvider connections) {
    return new MirrorDoor(connections, traffic, percent);
  }

  /** What it has got so far. */
  public MirrorCounts counts() {
    return traffic.counts();
  }
}
