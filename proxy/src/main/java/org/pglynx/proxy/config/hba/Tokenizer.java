package org.pglynx.proxy.config.hba;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts one line into fields as next_token() and next_field_expand() of PostgreSQL's hba.c do: a
 * blank ends a field, a comma its value; a quote protects both and {@code #}; {@code ""} within
 * quotes is a quote.
 */
final class Tokenizer {
  private final String line;
  private int position;
  private boolean comma;

  Tokenizer(String line) {
    this.line = line;
  }

  List<AuthLine.Field> fields() {
    List<AuthLine.Field> fields = new ArrayList<>();
    skipBlanks();
    while (position < line.length() && line.charAt(position) != '#') {
      int column = position + 1;
      List<AuthLine.Token> tokens = tokens();
      if (!tokens.isEmpty()) {
        fields.add(new AuthLine.Field(column, tokens));
      }
      skipBlanks();
    }
    return fields;
  }

  private List<AuthLine.Token> tokens() {
    List<AuthLine.Token> tokens = new ArrayList<>();
    do {
      skipBlanks();
      comma = false;
      int before = position;
      AuthLine.Token token = token();
      if (!token.text().isEmpty() || token.quoted()) {
        tokens.add(token);
      } else if (position == before) {
        return tokens;
      }
    } while (comma);
    return tokens;
  }

  private AuthLine.Token token() {
    StringBuilder text = new StringBuilder();
    boolean startsQuoted = position < line.length() && line.charAt(position) == '"';
    boolean inQuote = false;
    boolean wasQuote = false;
    while (position < line.length()) {
      char c = line.charAt(position);
      if (!inQuote && (blank(c) || c == '#')) {
        break;
      }
      position++;
      if (!inQuote && c == ',') {
        comma = true;
        break;
      }
      if (c != '"' || wasQuote) {
        text.append(c);
      }
      wasQuote = inQuote && c == '"' && !wasQuote;
      inQuote = (c == '"') != inQuote;
    }
    return new AuthLine.Token(text.toString(), startsQuoted);
  }

  private void skipBlanks() {
    while (position < line.length() && blank(line.charAt(position))) {
      position++;
    }
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }
}
