package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;

/** Something that one of several servers is asked, whose answer is the client's as it is. */
final class OneServerSteps extends Steps {
  private final ShardPart one;
  private final Consumer<GatherFrames> question;
  private boolean answered;

  /**
   * A question.
   *
   * @param question writes the frames, of which one execution gives the answer
   */
  OneServerSteps(
      ScatterGather whole, boolean query, ShardPart one, Consumer<GatherFrames> question) {
    super(whole, query);
    this.one = one;
    this.question = question;
  }

  @Override
  void begin() {
    GatherFrames frames = frames(one.server());
    question.accept(frames);
    frames.send();
  }

  @Override
  void proceed() {
    if (answered) {
      end();
    }
  }

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    return switch (tag) {
      case BackendTag.ROW_DESCRIPTION -> query() ? Verdict.FORWARD : Verdict.DROP;
      case BackendTag.DATA_ROW -> Verdict.FORWARD;
      case BackendTag.COMMAND_COMPLETE, BackendTag.PORTAL_SUSPENDED -> {
        answered = true;
        yield Verdict.FORWARD;
      }
      default -> Verdict.DROP;
    };
  }

  @Override
  boolean clientsText() {
    return true;
  }

  @Override
  void forget() {
    // Nothing is known of it.
  }
}
