package org.pglynx.proxy.mirror;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;

/** Passes on what a server whose work is mirrored says; its end is the end of that work. */
final class MirroredReplies implements Downstream {
  private final Downstream receiver;
  private final MirrorWork work;

  MirroredReplies(Downstream receiver, MirrorWork work) {
    this.receiver = receiver;
    this.work = work;
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    work.end(Upstream.Release.ABANDONED);
    receiver.onLost(error, lostSyncs, midReply);
  }

  @Override
  public void onReplies(ByteBuf run) {
    receiver.onReplies(run);
  }

  @Override
  public void onRepliesRead() {
    receiver.onRepliesRead();
  }

  @Override
  public void onReady(byte status) {
    receiver.onReady(status);
  }

  @Override
  public boolean onBeforeReady(byte status) {
    return receiver.onBeforeReady(status);
  }

  @Override
  public boolean refusesBlocks() {
    return receiver.refusesBlocks();
  }

  @Override
  public void onServerError(ByteBuf frame, int offset, int length) {
    receiver.onServerError(frame, offset, length);
  }

  @Override
  public void onParseFailed() {
    receiver.onParseFailed();
  }

  @Override
  public void onDrained() {
    receiver.onDrained();
  }

  @Override
  public void onParameter(String name, String value) {
    receiver.onParameter(name, value);
  }

  @Override
  public void onServerWritable() {
    receiver.onServerWritable();
  }

  @Override
  public void onDeallocated() {
    receiver.onDeallocated();
  }

  @Override
  public void onDeallocatedAll() {
    receiver.onDeallocatedAll();
  }

  @Override
  public void onBeginFailed() {
    receiver.onBeginFailed();
  }

  @Override
  public boolean midFrame() {
    return receiver.midFrame();
  }

  @Override
  public void onParametersReset() {
    receiver.onParametersReset();
  }

  @Override
  public void onPlanOutdated() {
    receiver.onPlanOutdated();
  }
}
