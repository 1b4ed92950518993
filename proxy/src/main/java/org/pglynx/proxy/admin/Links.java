package org.pglynx.proxy.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.PoolSnapshot.ServerView;
import org.pglynx.proxy.session.ClientView;

/** Which client has which server connection: what PgBouncer calls a link. */
final class Links {
  private final Map<String, ClientView> clients = new HashMap<>();

  Links(List<ClientView> all) {
    for (ClientView client : all) {
      if (!client.link().isEmpty()) {
        clients.put(client.link(), client);
      }
    }
  }

  /** Who has the connection; null if nobody does. */
  @Nullable ClientView clientOf(ServerView server) {
    return clients.get(server.socket().ptr());
  }
}
