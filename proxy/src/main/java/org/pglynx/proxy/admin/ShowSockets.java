package org.pglynx.proxy.admin;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.PoolSnapshot.ServerView;
import org.pglynx.proxy.session.ClientView;
import org.pglynx.proxy.stats.Socket;

/**
 * SHOW SOCKETS and ACTIVE_SOCKETS: clients and server connections in one table, with PgBouncer's
 * columns. Its positions in buffers are NULL: pglynx keeps no such buffer for a connection.
 */
final class ShowSockets implements Report<ShowSockets.Row> {
  /** A client, or a server connection. */
  sealed interface Row {
    /** Which connection it is. */
    Socket socket();

    /** The connection at the other side; empty if there is none. */
    String link();

    /** The client, or who has the server connection; null if nobody does. */
    @Nullable ClientView client();

    /** A client. */
    record Client(ClientView view) implements Row {
      @Override
      public Socket socket() {
        return view.socket();
      }

      @Override
      public String link() {
        return view.link();
      }

      @Override
      public ClientView client() {
        return view;
      }
    }

    /** A server connection. */
    record Server(PoolState pool, ServerView view, @Nullable ClientView client) implements Row {
      @Override
      public Socket socket() {
        return view.socket();
      }

      @Override
      public String link() {
        return client == null ? "" : client.socket().ptr();
      }
    }
  }

  private final AdminView view;
  private final Layout<Row> layout;
  private final boolean activeOnly;

  /** All of them, or those alone that do something. */
  ShowSockets(AdminView view, Clock clock, boolean activeOnly) {
    this.view = view;
    this.layout = layout(clock);
    this.activeOnly = activeOnly;
  }

  private static Layout<Row> layout(Clock clock) {
    Layout<Row> layout =
        Layout.<Row>empty()
            .text("type", row -> row instanceof Row.Client ? "C" : "S")
            .text("user", ShowSockets::user)
            .text("database", ShowSockets::database)
            .text("replication", ShowSockets::replication)
            .text("state", ShowSockets::state)
            .text("addr", row -> address(row).host())
            .number("port", row -> address(row).port())
            .text("local_addr", row -> Address.of(row.socket().local()).host())
            .number("local_port", row -> Address.of(row.socket().local()).port())
            .text("connect_time", row -> Times.ago(clock, ageNanos(row)))
            .text("request_time", row -> ShowServers.requestTime(row.client(), clock))
            .number("wait", row -> Times.seconds(waitNanos(row)))
            .number("wait_us", row -> Times.microsOfSecond(waitNanos(row)))
            .number(
                "close_needed", row -> row instanceof Row.Server s && s.view().retires() ? 1 : 0)
            .text("ptr", row -> row.socket().ptr())
            .text("link", Row::link)
            .number("remote_pid", row -> row instanceof Row.Server server ? server.view().pid() : 0)
            .text("tls", ShowSockets::tls)
            .text("application_name", ShowSockets::applicationName);
    for (String position :
        List.of(
            "recv_pos",
            "pkt_pos",
            "pkt_remain",
            "send_pos",
            "send_remain",
            "pkt_avail",
            "send_avail")) {
      layout = layout.unknownNumber(position);
    }
    return layout.number("id", ShowSockets::id);
  }

  private static @Nullable String user(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().user();
      case Row.Server server -> server.pool().user();
    };
  }

  private static @Nullable String database(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().database();
      case Row.Server server -> server.pool().database();
    };
  }

  private static @Nullable String replication(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().replication();
      case Row.Server server -> server.view().replication();
    };
  }

  /** PgBouncer's words; an idle client is active there. */
  private static String state(Row row) {
    return switch (row) {
      case Row.Client client ->
          client.view().state().equals("waiting") ? "cl_waiting" : "cl_active";
      case Row.Server server -> "sv_" + server.view().state();
    };
  }

  private static Address address(Row row) {
    return switch (row) {
      case Row.Client client -> Address.of(client.view().address());
      case Row.Server server -> new Address(server.view().host(), server.view().port());
    };
  }

  private static long ageNanos(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().ageNanos();
      case Row.Server server -> server.view().ageNanos();
    };
  }

  private static long waitNanos(Row row) {
    return row instanceof Row.Client client ? client.view().waitNanos() : 0;
  }

  private static @Nullable String tls(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().tls();
      case Row.Server server -> server.view().tls();
    };
  }

  private static @Nullable String applicationName(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().applicationName();
      case Row.Server server -> server.view().applicationName();
    };
  }

  private static long id(Row row) {
    return switch (row) {
      case Row.Client client -> client.view().id();
      case Row.Server server -> server.view().pid();
    };
  }

  private static boolean active(Row row) {
    return switch (row) {
      case Row.Client client -> !client.view().state().equals("idle");
      case Row.Server server -> !List.of("idle", "used").contains(server.view().state());
    };
  }

  @Override
  public Layout<Row> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    return PoolState.all(view).thenApply(this::sockets);
  }

  private List<Row> sockets(List<PoolState> pools) {
    List<Row> rows = new ArrayList<>();
    List<ClientView> clients = view.clients();
    Links links = new Links(clients);
    clients.forEach(client -> rows.add(new Row.Client(client)));
    for (PoolState pool : pools) {
      for (ServerView server : pool.servers().servers()) {
        rows.add(new Row.Server(pool, server, links.clientOf(server)));
      }
    }
    return activeOnly ? rows.stream().filter(ShowSockets::active).toList() : rows;
  }
}
