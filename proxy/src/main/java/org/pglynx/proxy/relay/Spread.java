package org.pglynx.proxy.relay;

/**
 * An upstream of several shards, of which each may have a server in it, and which sends what comes
 * next to some of them.
 */
public interface Spread extends Upstream {
  /** Whether these servers are all in it. */
  boolean covers(UpstreamProvider servers);

  /** What comes next goes to these; only while drained. */
  void aim(UpstreamProvider servers);

  /** What comes next goes to all that are in it. */
  void aimAtAll();

  /** What comes next goes to one of them, whichever. */
  void aimAtOne();

  /** The client's BEGIN is about to be sent. */
  void begins();

  /**
   * A batch that is in no transaction of the client's goes on to others: what it has done on those
   * that are in it, and does, is one transaction until Sync.
   */
  void opens();

  /** Whether what comes next is not the same for all that it goes to. */
  boolean splits();

  /** Sends each its own Query in place of the one that has just been announced. */
  void sendQueries();

  /** Announces a Bind, and sends each its own in place of it, of a statement of its own. */
  void sendBinds(byte[] portal, Arguments arguments);

  /** The shard that has all rows of the cursor; negative if that is not one alone. */
  int holder(String cursor);

  /** The portal has been closed on all that have it: nothing needs to be known of it. */
  void closed(String portal);

  /** The number of one that is in it. */
  int member();

  /** How many are in it. */
  int members();

  /** How many what comes next goes to. */
  int aimedAt();
}
