package org.pglynx.proxy.shard;

import java.util.ArrayDeque;

/**
 * The ReadyForQuerys of a {@link ScatterGather}, and whether a transaction block is open.
 *
 * <pre>
 *   announced() ─► the servers answer ─► sent(): with the client ─► take(): all servers have told
 * </pre>
 */
final class Readiness {
  private final Membership who;
  private final ArrayDeque<Byte> sent = new ArrayDeque<>();
  private int announced;
  private int told;
  private boolean inBlock;

  Readiness(Membership who) {
    this.who = who;
  }

  /** A frame has been announced that ends with one. */
  void announced() {
    announced++;
  }

  /** One is on its way to the client; it hears of it when all servers have told so. */
  void sent(byte status) {
    sent.add(status);
    inBlock = status != 'I';
    if (status == 'E') {
      failRest();
    }
  }

  /** A transaction that has failed on one has failed: no other may go on with it. */
  void failRest() {
    for (ShardPart part : who.in()) {
      if (part.status() == 'T') {
        part.status((byte) 'E');
        part.server().failTransaction(false);
        part.server().flush();
      }
    }
  }

  /** Whether the client has heard of all that it has been sent. */
  boolean quiet() {
    return sent.isEmpty();
  }

  /** Whether the client may hear of the next. */
  boolean due() {
    return !sent.isEmpty() && who.activeAre(ShardPart::readyUntold);
  }

  /** The status of the next, of which the client hears now. */
  byte take() {
    told++;
    who.active().forEach(ShardPart::readyTold);
    return sent.remove();
  }

  /** The client hears of one that the servers will not tell of, and of none before it. */
  void skip() {
    sent.clear();
    told++;
  }

  /** How many announced ones the client will never get. */
  int missing() {
    return announced - told - sent.size();
  }

  /** Whether no transaction block is open. */
  boolean outsideOfBlock() {
    return !inBlock;
  }

  void blockBegins() {
    inBlock = true;
  }

  void blockEnds() {
    inBlock = false;
  }
}
