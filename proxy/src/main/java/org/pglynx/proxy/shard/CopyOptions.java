package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.shard.CopyLayout.Format;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads the options of COPY, in brackets or in the words of former versions. */
final class CopyOptions {
  /** They change nothing about which bytes are a field. */
  private static final Set<String> HARMLESS = Set.of("freeze", "log_verbosity");

  private final SqlTokens tokens;
  private Format format = Format.TEXT;
  private @Nullable String delimiter;
  private @Nullable String quote;
  private @Nullable String escape;
  private @Nullable String nullText;
  private @Nullable String defaultText;
  private @Nullable String encoding;
  private boolean header;
  private final List<String> forced = new ArrayList<>();

  CopyOptions(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** COPY BINARY, as of old. */
  void binary() {
    format = Format.BINARY;
  }

  /** The encoding that the data is said to be in; null if it is the client's. */
  @Nullable String encoding() {
    return encoding;
  }

  /** Columns of which a text may be NULL or not whatever its quotes say; * for all. */
  List<String> forced() {
    return forced;
  }

  /** What they come to. */
  CopyLayout layout() throws NotProvableException {
    boolean csv = format == Format.CSV;
    byte quoted = one(quote == null ? "\"" : quote, "QUOTE");
    return new CopyLayout(
        format,
        one(delimiter == null ? (csv ? "," : "\t") : delimiter, "DELIMITER"),
        quoted,
        escape == null ? quoted : one(escape, "ESCAPE"),
        nullText == null ? (csv ? "" : "\\N") : nullText,
        defaultText,
        header);
  }

  private static byte one(String value, String name) throws NotProvableException {
    if (value.length() != 1 || value.charAt(0) > 127) {
      throw new NotProvableException("COPY " + name + " is not a single one-byte character");
    }
    return (byte) value.charAt(0);
  }

  /** Reads all of them; gives the token behind them. */
  int read(int from, int to) throws NotProvableException {
    int at = from;
    if (tokens.word(at, "using") && tokens.word(at + 1, "delimiters")) {
      delimiter = value(at + 2);
      at += 3;
    }
    at = tokens.word(at, "with") ? at + 1 : at;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(at);
      for (TokenRange each : tokens.commaSeparated(at + 1, close)) {
        named(each);
      }
      return close + 1;
    }
    while (at < to && !tokens.word(at, "where")) {
      at = old(at, to);
    }
    return at;
  }

  // ---- in brackets ---------------------------------------------------------------------------

  private void named(TokenRange range) throws NotProvableException {
    String name = tokens.name(range.from()) ? tokens.identifier(range.from()) : "";
    boolean alone = range.size() == 1;
    switch (name) {
      case "format" -> format(value(range.from() + 1));
      case "delimiter" -> delimiter = value(range.from() + 1);
      case "null" -> nullText = value(range.from() + 1);
      case "default" -> defaultText = value(range.from() + 1);
      case "quote" -> quote = value(range.from() + 1);
      case "escape" -> escape = value(range.from() + 1);
      case "encoding" -> encoding = value(range.from() + 1);
      case "header" -> header = alone || truth(value(range.from() + 1));
      case "on_error" -> {
        if (!value(range.from() + 1).equalsIgnoreCase("stop")) {
          throw new NotProvableException("ON_ERROR is not counted over several shards");
        }
      }
      case "force_null", "force_not_null" -> forced(range);
      case "force_quote" -> {
        // Of what is written.
      }
      default -> {
        if (!HARMLESS.contains(name)) {
          throw new NotProvableException("the option \"" + name + "\" of COPY is not known");
        }
      }
    }
  }

  private void format(String name) throws NotProvableException {
    format =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "text" -> Format.TEXT;
          case "csv" -> Format.CSV;
          case "binary" -> Format.BINARY;
          default ->
              throw new NotProvableException("the COPY format \"" + name + "\" is not known");
        };
  }

  private static boolean truth(String value) throws NotProvableException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "on", "1", "match" -> true;
      case "false", "off", "0" -> false;
      default -> throw new NotProvableException("HEADER is neither true nor false nor match");
    };
  }

  private void forced(TokenRange range) {
    for (int i = range.from() + 1; i < range.to(); i++) {
      if (tokens.name(i)) {
        forced.add(tokens.identifier(i));
      } else if (tokens.operator(i, "*")) {
        forced.add("*");
      }
    }
  }

  private String value(int token) throws NotProvableException {
    return switch (tokens.kind(token)) {
      case STRING, DOLLAR_STRING -> Literals.string(tokens.slice(token));
      case WORD, QUOTED_IDENTIFIER -> tokens.identifier(token);
      case NUMBER -> tokens.slice(token);
      default ->
          throw new NotProvableException("an option of COPY has the value " + tokens.slice(token));
    };
  }

  // ---- as of old -----------------------------------------------------------------------------

  private int old(int from, int to) throws NotProvableException {
    String word = tokens.is(from, TokenKind.WORD) ? tokens.identifier(from) : "";
    int at = tokens.word(from + 1, "as") ? from + 2 : from + 1;
    switch (word) {
      case "binary" -> format = Format.BINARY;
      case "csv" -> format = Format.CSV;
      case "header" -> header = true;
      case "freeze" -> {
        // Says nothing of the data.
      }
      case "delimiter" -> {
        delimiter = value(at);
        return at + 1;
      }
      case "null" -> {
        nullText = value(at);
        return at + 1;
      }
      case "quote" -> {
        quote = value(at);
        return at + 1;
      }
      case "escape" -> {
        escape = value(at);
        return at + 1;
      }
      case "encoding" -> {
        encoding = value(at);
        return at + 1;
      }
      case "force" -> {
        return oldForce(from + 1, to);
      }
      default -> throw new NotProvableException("the option \"" + word + "\" of COPY is not known");
    }
    return from + 1;
  }

  /** FORCE QUOTE, FORCE NULL or FORCE NOT NULL, and a list of columns or *. */
  private int oldForce(int from, int to) {
    boolean written = tokens.word(from, "quote");
    int at = from + 1;
    at = tokens.word(at, "null") ? at + 1 : at;
    int end = at + 1;
    while (end + 1 < to && tokens.is(end, TokenKind.COMMA)) {
      end += 2;
    }
    if (!written) {
      forced(new TokenRange(at - 1, end));
    }
    return end;
  }
}
