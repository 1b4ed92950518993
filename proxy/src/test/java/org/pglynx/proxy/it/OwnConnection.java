package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A connection through the proxy for each test, which ends with it. */
final class OwnConnection implements BeforeEachCallback, AfterEachCallback {
  private final ProxyUnderTest proxy;
  private @Nullable Connection connection;

  OwnConnection(ProxyUnderTest proxy) {
    this.proxy = proxy;
  }

  Connection get() {
    return Objects.requireNonNull(connection);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws SQLException {
    connection = proxy.connect();
  }

  @Override
  public void afterEach(ExtensionContext context) throws SQLException {
    Connection opened = connection;
    if (opened != null) {
      opened.close();
    }
  }
}
