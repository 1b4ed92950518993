package org.pglynx.proxy.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.CursorUse;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * On which shards the cursors and portals of a session are: what uses one goes there, wherever the
 * transaction has gone meanwhile. One that is not known is looked for by the server.
 */
final class ShardCursors {
  /**
   * Where one is.
   *
   * @param parts whether its rows may be fetched in parts
   * @param held whether it outlives its transaction
   * @param alone whether it is on one shard as it has been asked for, and nothing was collected
   */
  private record Place(UpstreamProvider servers, boolean parts, boolean held, boolean alone) {}

  private final Session session;
  private final Shards shards;
  private final Map<String, Place> places = new HashMap<>();

  /** Portals that the client has closed in what is not answered yet. */
  private final Set<String> closing = new HashSet<>();

  ShardCursors(Session session, Shards shards) {
    this.session = session;
    this.shards = shards;
  }

  /** No transaction is open: what is left is WITH HOLD, and on the server that is kept for it. */
  void outside() {
    if (!places.isEmpty()) {
      boolean kept = session.upstream() != null;
      places.values().removeIf(place -> !kept || !place.held());
    }
  }

  /** Where an execution goes, also if it uses a cursor. */
  ShardRoute route(ShardedStatement statement, Arguments arguments, int[] types) {
    CursorUse use = statement.cursor();
    if (use == null) {
      return statement.route(arguments, types, shards);
    }
    return switch (use.kind()) {
      case DECLARES -> opens(use.name(), statement.route(arguments, types, shards), false);
      case HOLDS -> opens(use.name(), statement.route(arguments, types, shards), true);
      case USES -> {
        UpstreamProvider place = place(use.name());
        yield place == null
            ? statement.route(arguments, types, shards)
            : statement.at(place, arguments);
      }
    };
  }

  /**
   * Where the cursor is; of several shards one may have all of its rows. One of the same name may
   * have been there before, of which it is not told that it has ended (ROLLBACK TO, CLOSE ALL).
   */
  private @Nullable UpstreamProvider place(String cursor) {
    Place known = places.get(cursor);
    if (known != null && known.alone()) {
      return known.servers();
    }
    int holder = session.upstream() instanceof Spread spread ? spread.holder(cursor) : -1;
    return holder < 0 ? of(cursor) : shards.shard(holder);
  }

  private ShardRoute opens(String name, ShardRoute route, boolean held) {
    ShardRoute settled = settled(route);
    if (settled instanceof ShardRoute.To to) {
      places.put(name, new Place(to.servers(), true, held, to.how() == null));
    }
    return settled;
  }

  /** A place for what may be on any one shard, so that it is known where that was. */
  private ShardRoute settled(ShardRoute route) {
    if (!(route instanceof ShardRoute.Stay stay) || !stay.onOne()) {
      return route;
    }
    Upstream server = session.upstream();
    UpstreamProvider source = session.lease().destination().present();
    if (server instanceof Spread spread) {
      return new ShardRoute.To(shards.shard(spread.member()));
    }
    return new ShardRoute.To(
        server == null || source == null ? shards.shard(shards.unchosen()) : source);
  }

  /** A Bind makes another portal of the name. */
  void bound(String portal) {
    places.remove(portal);
    closing.remove(portal);
  }

  /** A Close of the portal is sent; whether it is executed is not known before the answer. */
  void closes(String portal) {
    closing.add(portal);
  }

  /**
   * All that was sent is answered: what it has closed is forgotten, here and where its shards are
   * known. After an error it may have been skipped, and so the end of the transaction tells.
   */
  void settled(boolean failed) {
    if (closing.isEmpty()) {
      return;
    }
    if (!failed) {
      places.keySet().removeAll(closing);
      if (session.upstream() instanceof Spread spread) {
        closing.forEach(spread::closed);
      }
    }
    closing.clear();
  }

  /** Whether none is known. */
  boolean none() {
    return places.isEmpty() && closing.isEmpty();
  }

  /** Where a Bind goes, which makes a portal there. */
  ShardRoute binds(String portal, ShardRoute route) {
    ShardRoute settled = portal.isEmpty() ? route : settled(route);
    Merging how = settled instanceof ShardRoute.To to ? to.how() : null;
    if (!(settled instanceof ShardRoute.To to) || portal.isEmpty() && how == null) {
      return settled;
    }
    boolean parts = how == null || how.widens() || !how.returnsRows();
    places.put(portal, new Place(to.servers(), parts, false, how == null));
    return new ShardRoute.To(to.servers(), shards.portal(portal, 0, how));
  }

  /** Where the portal is; null if that is not known, and so where the session is. */
  @Nullable UpstreamProvider of(String portal) {
    Place place = places.get(portal);
    return place == null ? null : place.servers();
  }

  /** Whether rows of the portal may be fetched in parts. */
  boolean inParts(String portal) {
    Place place = places.get(portal);
    return place == null || place.parts();
  }
}
