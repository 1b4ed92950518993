package org.pglynx.proxy.config.hba;

/** A rule that cannot be used, with the column of what is wrong with it. */
final class RuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int column;

  RuleException(int column, String message) {
    super(message);
    this.column = column;
  }

  int column() {
    return column;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
