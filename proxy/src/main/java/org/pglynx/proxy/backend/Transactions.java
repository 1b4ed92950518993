package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;

/** Counts the transactions that end on a connection: a long one is told from many short ones. */
final class Transactions {
  private long ended;

  long ended() {
    return ended;
  }

  /** ReadyForQuery: outside of a transaction block the last transaction is over. */
  void ready(byte status) {
    if (status == 'I') {
      ended++;
    }
  }

  /**
   * A command tag at the offset. COMMIT AND CHAIN and {@code COMMIT; BEGIN} never show an idle
   * server. ROLLBACK is no sign: it is also the tag of ROLLBACK TO SAVEPOINT.
   */
  void completed(ByteBuf buffer, int tag) {
    if (ServerFrames.reads(buffer, tag, "COMMIT")) {
      ended++;
    }
  }
}
