package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the admin console of a proxy shows; its admin is {@code admin}, who is trusted. */
final class AdminTable {
  /** What makes a proxy open its admin databases to these questions. */
  static final String[] OPEN = {"admin_username = \"admin\"", "admin_auth_type = \"trust\""};

  private AdminTable() {}

  /** A login to the console, which stays. */
  static Connection login(int port) throws SQLException {
    return login("127.0.0.1", port);
  }

  /** The same, of a proxy that is elsewhere. */
  static Connection login(String host, int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + host
            + ":"
            + port
            + "/pglynx?user=admin&preferQueryMode=simple&sslmode=disable");
  }

  /** The rows of SHOW with the topic, by column. */
  static List<Map<String, String>> show(Connection admin, String topic) throws SQLException {
    List<Map<String, String>> rows = new ArrayList<>();
    try (Statement statement = admin.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + topic)) {
      ResultSetMetaData columns = row.getMetaData();
      while (row.next()) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          values.put(columns.getColumnName(i), String.valueOf(row.getString(i)));
        }
        rows.add(values);
      }
    }
    return rows;
  }

  /** One value of the first row. */
  static String value(Connection admin, String topic, String column) {
    try {
      return String.valueOf(show(admin, topic).getFirst().get(column));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
