package org.pglynx.proxy.dashboard;

/** What HTTP calls an error of SQL; the SQLSTATE in the body says more. */
final class Statuses {
  private Statuses() {}

  static int of(String sqlState) {
    return switch (sqlState) {
      case "42501" -> 403;
      case "42P01", "42704", "3D000", "3F000", "02000" -> 404;
      case "57014" -> 409;
      default -> ofClass(sqlState.length() < 2 ? "" : sqlState.substring(0, 2));
    };
  }

  private static int ofClass(String state) {
    return switch (state) {
      case "28" -> 401;
      case "08" -> 502;
      case "53", "57" -> 503;
      case "XX", "58", "" -> 500;
      default -> 400;
    };
  }
}
