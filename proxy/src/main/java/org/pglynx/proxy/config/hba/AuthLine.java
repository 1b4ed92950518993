package org.pglynx.proxy.config.hba;

import java.util.List;

/**
 * One record of a file in the manner of pg_hba.conf, cut into fields.
 *
 * @param file the file it stands in
 * @param number its line, counted from 1; the first one if the record goes on over several
 * @param fields at least one
 */
record AuthLine(String file, int number, List<Field> fields) {
  /** {@code file:line}, for messages. */
  String source() {
    return file + ":" + number;
  }

  /**
   * What stands between two blanks: one or more values with commas between them.
   *
   * @param column where it begins, counted from 1
   * @param tokens the values
   */
  record Field(int column, List<Token> tokens) {}

  /**
   * One value.
   *
   * @param text without its quotes
   * @param quoted whether it began with a quote: then it is no keyword
   */
  record Token(String text, boolean quoted) {
    boolean is(String keyword) {
      return !quoted && text.equals(keyword);
    }

    /** Names a file with more values. */
    boolean namesFile() {
      return !quoted && text.length() > 1 && text.charAt(0) == '@';
    }

    /** A regular expression, also in quotes (so that it may contain commas and blanks). */
    boolean isRegex() {
      return text.length() > 1 && text.charAt(0) == '/';
    }
  }
}
