package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW TLS: modes, files, and when certificates expire. */
final class ShowTls implements Report<TlsRow> {
  private static final Layout<TlsRow> LAYOUT =
      Layout.<TlsRow>empty()
          .text("side", TlsRow::side)
          .text("database", TlsRow::database)
          .text("sslmode", TlsRow::mode)
          .text("certificate", TlsRow::certificate)
          .text("ca_file", TlsRow::authorities)
          .text("subject", TlsRow::subject)
          .text("not_after", TlsRow::notAfter)
          .knownNumber("days_left", TlsRow::daysLeft);

  private final AdminView view;

  ShowTls(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<TlsRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<TlsRow>> rows() {
    return CompletableFuture.completedFuture(view.encryption());
  }
}
