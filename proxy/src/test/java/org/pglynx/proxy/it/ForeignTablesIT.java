package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Relations whose rows another server or a file has are learnt from and predicted like others. */
class ForeignTablesIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2);

  @Test
  void a_foreign_table_is_learnt_from_and_predicted_wherever_it_stands(@TempDir Path directory)
      throws SQLException, IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append(i % 7)
          .append(',')
          .append(i % 5)
          .append(',')
          .append(i % 7 * 2 + i % 5)
          .append('\n');
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.writeString(directory.resolve("rows.csv"), rows);
    PROXY.onServer(
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE far (a real, b int, y real) SERVER files OPTIONS (filename '"
            + file
            + "', format 'csv')");
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "SELECT * FROM pgml.train('far', 'regression', 'far', 'y')",
          "SELECT * FROM pgml.snapshot('far', 'y')");

      assertThat(number(connection, "SELECT pgml.predict('far', far) FROM far OFFSET 1 LIMIT 1"))
          .isCloseTo(3, within(1e-4F));
      assertThat(
              number(
                  connection,
                  "SELECT pgml.predict('far', ARRAY[a, b]) AS p FROM far ORDER BY p DESC LIMIT 1"))
          .isCloseTo(16, within(1e-4F));
      assertThat(
              ProxyUnderTest.value(
                  connection, "SELECT count(*) FROM far WHERE pgml.predict('far', far) > 15.5"))
          .isEqualTo("1");
    }
  }

  private static float number(Connection connection, String sql) throws SQLException {
    return Float.parseFloat(String.valueOf(ProxyUnderTest.value(connection, sql)));
  }
}
