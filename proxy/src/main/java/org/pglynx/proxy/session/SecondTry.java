package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * Work that a replica has refused, sent again ahead of what the client has sent behind it. See
 * {@link ReplicaAttempt}. Confined to the session's event loop.
 */
final class SecondTry {
  private final Session session;
  private final FrontendFrames frames;
  private final FrameScanner client;
  private @Nullable FrameScanner work;

  /**
   * None is under way.
   *
   * @param client what scans the client's frames, which wait meanwhile
   */
  SecondTry(Session session, FrontendFrames frames, FrameScanner client) {
    this.session = session;
    this.frames = frames;
    this.client = client;
  }

  /** What scans the frames in hand. */
  FrameScanner scanner() {
    FrameScanner present = work;
    return present == null ? client : present;
  }

  boolean underWay() {
    return work != null;
  }

  /**
   * A replica has refused what the session has sent it alone.
   *
   * @return whether the primary does it
   */
  boolean begins(Routing routing) {
    session.lease().releaseIfIdle();
    if (session.upstream() != null) {
      // What it has left there keeps it.
      routing.tellHeld();
      return false;
    }
    session.activity().counts().lost();
    client.pause();
    FrameScanner scanner = new FrameScanner(frames);
    work = scanner;
    scanner.pause();
    ByteBuf refused = routing.again();
    scanner.feed(refused);
    session.resume();
    return true;
  }

  /** Sends on; whether all is sent, and the client's other work may be. */
  boolean sends() {
    FrameScanner scanner = work;
    if (scanner == null) {
      return true;
    }
    scanner.resume();
    if (scanner.hasPending() || session.closed()) {
      return false;
    }
    work = null;
    Routing routing = session.routing();
    if (routing != null) {
      routing.sentAgain();
    }
    return true;
  }

  /** The session ends. */
  void stop() {
    if (work != null) {
      work.stop();
    }
  }
}
