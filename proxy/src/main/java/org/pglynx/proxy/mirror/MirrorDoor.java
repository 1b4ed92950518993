package org.pglynx.proxy.mirror;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Mirroring;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * The way of one event loop's sessions to a mirror. What a session does is done there in its order;
 * what several do, side by side. Confined to the loop.
 */
final class MirrorDoor implements Mirroring {
  private final UpstreamProvider connections;
  private final MirrorTraffic traffic;
  private final int percent;
  private final Map<Downstream, MirrorWork> latest = new IdentityHashMap<>();

  MirrorDoor(UpstreamProvider connections, MirrorTraffic traffic, int percent) {
    this.connections = connections;
    this.traffic = traffic;
    this.percent = percent;
  }

  @Override
  public Upstream join(Upstream server, Downstream receiver) {
    if (percent < 100 && ThreadLocalRandom.current().nextInt(100) >= percent) {
      return server;
    }
    MirrorWork work =
        new MirrorWork(connections, traffic, (done, before) -> over(receiver, done, before));
    MirrorWork earlier = latest.put(receiver, work);
    traffic.begins();
    if (earlier == null) {
      work.begin();
    } else {
      earlier.then(work);
    }
    server.lend(new MirroredReplies(receiver, work));
    return new MirroredUpstream(server, work);
  }

  private void over(Downstream receiver, MirrorWork work, @Nullable MirrorWork before) {
    if (before == null) {
      latest.remove(receiver, work);
    } else {
      latest.replace(receiver, work, before);
    }
  }
}
