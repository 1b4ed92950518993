package org.pglynx.proxy.ml;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * {@code COPY (query) TO STDOUT [[WITH] options]}, with the options in parentheses or in the form
 * of before version 9.0.
 *
 * @param query the tokens of the query
 * @param format how rows are written
 */
record CopyStatement(TokenRange query, CopyFormat format) {
  /** The statement, or null if it is none, or has options that are not known here. */
  static @Nullable CopyStatement of(SqlTokens tokens, TokenRange statement) {
    int open = statement.from() + 1;
    if (!tokens.word(statement.from(), "copy") || !tokens.is(open, TokenKind.LEFT_PAREN)) {
      return null;
    }
    int close = tokens.partner(open);
    if (!tokens.word(close + 1, "to") || !tokens.word(close + 2, "stdout")) {
      return null;
    }
    int options = tokens.word(close + 3, "with") ? close + 4 : close + 3;
    boolean list = tokens.is(options, TokenKind.LEFT_PAREN);
    if (list && tokens.partner(options) != statement.to() - 1) {
      return null;
    }
    Options read = new Options(tokens, list ? statement.to() - 1 : statement.to(), list);
    CopyFormat format = read.read(list ? options + 1 : options);
    return format == null ? null : new CopyStatement(new TokenRange(open + 1, close), format);
  }

  private static final class Options {
    private final SqlTokens tokens;
    private final int end;
    private final boolean list;
    private CopyFormat.Kind kind = CopyFormat.Kind.TEXT;
    private boolean header;
    private @Nullable String delimiter;
    private @Nullable String nullText;
    private @Nullable String quote;
    private @Nullable String escape;

    Options(SqlTokens tokens, int end, boolean list) {
      this.tokens = tokens;
      this.end = end;
      this.list = list;
    }

    @Nullable CopyFormat read(int from) {
      int at = from;
      while (at < end) {
        at = option(at);
        if (at < 0) {
          return null;
        }
      }
      boolean csv = kind == CopyFormat.Kind.CSV;
      byte quoting = character(quote, '"');
      byte delimiting = character(delimiter, csv ? ',' : '\t');
      byte escaping = character(escape, (char) quoting);
      boolean known = quoting > 0 && delimiting > 0 && escaping > 0;
      return !known
          ? null
          : new CopyFormat(
              kind,
              header,
              delimiting,
              nullText == null ? (csv ? "" : "\\N") : nullText,
              quoting,
              escaping);
    }

    /** One ASCII character; 0 if it is none: the server refuses such an option. */
    private static byte character(@Nullable String given, char absent) {
      if (given == null) {
        return (byte) absent;
      }
      return given.length() == 1 && given.charAt(0) < 0x80 ? (byte) given.charAt(0) : 0;
    }

    /** Reads an option; gives the token behind it and its comma, or -1. */
    private int option(int at) {
      if (!tokens.is(at, TokenKind.WORD)) {
        return -1;
      }
      int behind = list ? listed(at) : plain(at);
      if (behind < 0 || !list || behind >= end) {
        return behind;
      }
      return tokens.is(behind, TokenKind.COMMA) ? behind + 1 : -1;
    }

    private int listed(int at) {
      return switch (tokens.identifier(at)) {
        case "format" -> format(at + 1);
        case "header" -> header(at + 1);
        default -> text(tokens.identifier(at), at + 1);
      };
    }

    private int format(int at) {
      String name = tokens.name(at) ? tokens.identifier(at) : "";
      for (CopyFormat.Kind each : CopyFormat.Kind.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
          kind = each;
          return at + 1;
        }
      }
      return -1;
    }

    private int header(int at) {
      if (at >= end || tokens.is(at, TokenKind.COMMA)) {
        header = true;
        return at;
      }
      header = tokens.word(at, "true") || tokens.word(at, "on") || tokens.slice(at).equals("1");
      boolean off = tokens.word(at, "false") || tokens.word(at, "off");
      return header || off || tokens.slice(at).equals("0") ? at + 1 : -1;
    }

    private int plain(int at) {
      switch (tokens.identifier(at)) {
        case "binary" -> kind = CopyFormat.Kind.BINARY;
        case "csv" -> kind = CopyFormat.Kind.CSV;
        case "header" -> header = true;
        default -> {
          return text(tokens.identifier(at), tokens.word(at + 1, "as") ? at + 2 : at + 1);
        }
      }
      return at + 1;
    }

    private int text(String option, int at) {
      if (!tokens.is(at, TokenKind.STRING)) {
        return -1;
      }
      String value = Literals.string(tokens.slice(at));
      switch (option) {
        case "delimiter", "delimiters" -> delimiter = value;
        case "null" -> nullText = value;
        case "quote" -> quote = value;
        case "escape" -> escape = value;
        default -> {
          return -1;
        }
      }
      return at + 1;
    }
  }
}
