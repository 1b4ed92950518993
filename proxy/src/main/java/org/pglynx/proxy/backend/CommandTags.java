package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.Downstream;

/**
 * Command tags that tell of more than the end of a statement: a transaction is over, the client has
 * taken back what it prepared or set. Almost every statement ends here, so that a comparison or two
 * must do.
 */
final class CommandTags {
  private final Transactions transactions;
  private final Runnable forgetStatements;

  /**
   * A reader.
   *
   * @param forgetStatements run when the server knows no prepared statement any more
   */
  CommandTags(Transactions transactions, Runnable forgetStatements) {
    this.transactions = transactions;
    this.forgetStatements = forgetStatements;
  }

  /** The tag at the offset, of a statement of the receiver's. */
  void read(Downstream receiver, ByteBuf buffer, int tag) {
    switch (buffer.getByte(tag)) {
      case 'C' -> transactions.completed(buffer, tag);
      case 'D' -> discarded(receiver, buffer, tag);
      case 'R' -> reset(receiver, ServerFrames.reads(buffer, tag, "RESET"));
      case 'S' -> reset(receiver, ServerFrames.reads(buffer, tag, "SET"));
      default -> {
        // Leaves what the proxy keeps as it is.
      }
    }
  }

  private static void reset(Downstream receiver, boolean done) {
    if (done) {
      receiver.onParametersReset();
    }
  }

  private void discarded(Downstream receiver, ByteBuf buffer, int tag) {
    boolean all = ServerFrames.reads(buffer, tag, "DISCARD ALL");
    reset(receiver, all);
    if (all || ServerFrames.reads(buffer, tag, "DEALLOCATE ALL")) {
      // The client's own cleaning has taken our statements with it.
      forgetStatements.run();
      receiver.onDeallocatedAll();
    } else if (ServerFrames.reads(buffer, tag, "DEALLOCATE")) {
      receiver.onDeallocated();
    }
  }
}
