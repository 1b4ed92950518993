package org.pglynx.proxy.admin;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.session.ClientView;

/** SHOW CLIENTS. */
final class ShowClients implements Report<ClientView> {
  private final AdminView view;
  private final Layout<ClientView> layout;

  ShowClients(AdminView view, Clock clock) {
    this.view = view;
    this.layout = pgcat(pgbouncer(clock));
  }

  private static Layout<ClientView> pgbouncer(Clock clock) {
    return Layout.<ClientView>empty()
        .text("type", client -> "C")
        .text("user", ClientView::user)
        .text("database", ClientView::database)
        .text("replication", ClientView::replication)
        .text("state", ClientView::state)
        .text("addr", client -> Address.of(client.address()).host())
        .number("port", client -> Address.of(client.address()).port())
        .text("local_addr", client -> Address.of(client.socket().local()).host())
        .number("local_port", client -> Address.of(client.socket().local()).port())
        .text("connect_time", client -> Times.ago(clock, client.ageNanos()))
        .text(
            "request_time",
            client -> client.requestNanos() < 0 ? null : Times.ago(clock, client.requestNanos()))
        .number("wait", client -> Times.seconds(client.waitNanos()))
        .number("wait_us", client -> Times.microsOfSecond(client.waitNanos()))
        .none("close_needed")
        .text("ptr", client -> client.socket().ptr())
        .text("link", ClientView::link)
        .none("remote_pid")
        .text("tls", ClientView::tls)
        .text("application_name", ClientView::applicationName)
        .number("prepared_statements", ClientView::prepared)
        .number("id", ClientView::id);
  }

  private static Layout<ClientView> pgcat(Layout<ClientView> layout) {
    return layout
        .text("client_id", client -> String.format("0x%08X", client.id()))
        .number("transaction_count", ClientView::transactions)
        .number("query_count", ClientView::queries)
        .number("error_count", ClientView::errors)
        .number("age_seconds", client -> Times.seconds(client.ageNanos()))
        .number("maxwait", client -> Times.seconds(client.waitNanos()))
        .number("maxwait_us", client -> Times.microsOfSecond(client.waitNanos()))
        .text("pinned", ClientView::pinned);
  }

  @Override
  public Layout<ClientView> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<ClientView>> rows() {
    return CompletableFuture.completedFuture(view.clients());
  }
}
