package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/** The servers of a shard, none of which is to be had. */
final class FakeProvider implements UpstreamProvider {
  @Override
  public @Nullable Upstream open(Waiter waiter) {
    return null;
  }

  @Override
  public void withdraw(Waiter waiter) {
    // Nobody is remembered.
  }
}
