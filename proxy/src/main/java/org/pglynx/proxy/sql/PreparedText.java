package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one statement of SQL does with the names of prepared statements. */
public sealed interface PreparedText {
  /** Longer names are cut by the server. */
  int MOST_NAME_BYTES = 63;

  /**
   * {@code PREPARE name (types) AS body}.
   *
   * @param types of the first parameters, as they are written
   * @param body the statement behind AS
   */
  record Prepare(String name, List<String> types, String body) implements PreparedText {
    /** How many arguments an EXECUTE must give. */
    public int parameters() {
      SqlTokens tokens = SqlTokens.of(body);
      int most = types.size();
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.is(i, TokenKind.PARAMETER)) {
          most = Math.max(most, number(tokens, i));
        }
      }
      return most;
    }

    /** The body with the text of an argument in place of each parameter. */
    public String with(List<String> arguments) {
      SqlTokens tokens = SqlTokens.of(body);
      StringBuilder text = new StringBuilder();
      int copied = 0;
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.is(i, TokenKind.PARAMETER)) {
          int index = number(tokens, i) - 1;
          text.append(body, copied, tokens.start(i)).append(cast(arguments.get(index), index));
          copied = tokens.end(i);
        }
      }
      return text.append(body, copied, body.length()).toString();
    }

    private String cast(String argument, int index) {
      return index < types.size() && !types.get(index).equalsIgnoreCase("unknown")
          ? "(" + argument + ")::" + types.get(index)
          : "(" + argument + ")";
    }

    /** Beyond what there can be, it is none that arguments are given for. */
    private static int number(SqlTokens tokens, int token) {
      String digits = tokens.slice(token).substring(1);
      return digits.length() > 5 ? 100_000 : Integer.parseInt(digits);
    }
  }

  /**
   * {@code EXECUTE name (arguments)}.
   *
   * @param arguments as they are written
   */
  record Execute(String name, List<String> arguments) implements PreparedText {}

  /** {@code DEALLOCATE name}. */
  record Deallocate(String name) implements PreparedText {}

  /** {@code DEALLOCATE ALL}. */
  record DeallocateAll() implements PreparedText {}

  /** {@code DISCARD ALL}. */
  record DiscardAll() implements PreparedText {}

  /** The first letter behind blanks and comments alone tells nearly every other text apart. */
  static boolean mayBegin(ByteBuf text, int from, int end) {
    int word = FirstWord.of(text, from, end);
    int lower = word < end ? text.getByte(word) | 0x20 : 0;
    return lower == 'p' || lower == 'e' || lower == 'd';
  }

  /** Reads it; null if the text is anything else, or more than one statement. */
  static @Nullable PreparedText of(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.broken()) {
      return null;
    }
    List<TokenRange> statements = Statements.split(tokens);
    return statements.size() == 1 ? of(tokens, statements.getFirst()) : null;
  }

  private static @Nullable PreparedText of(SqlTokens tokens, TokenRange statement) {
    int first = statement.from();
    if (tokens.word(first, "prepare")) {
      return prepare(tokens, statement);
    }
    if (tokens.word(first, "execute")) {
      return execute(tokens, statement);
    }
    if (tokens.word(first, "deallocate")) {
      return deallocate(tokens, statement);
    }
    return tokens.word(first, "discard") && statement.size() == 2 && tokens.word(first + 1, "all")
        ? new DiscardAll()
        : null;
  }

  private static @Nullable PreparedText prepare(SqlTokens tokens, TokenRange statement) {
    String name = name(tokens, statement, statement.from() + 1);
    int next = statement.from() + 2;
    List<String> types = List.of();
    if (next < statement.to() && tokens.is(next, TokenKind.LEFT_PAREN)) {
      types = list(tokens, next);
      next = tokens.skip(next);
    }
    return name == null || next + 1 >= statement.to() || !tokens.word(next, "as")
        ? null
        : new Prepare(name, types, tokens.slice(next + 1, statement.to()));
  }

  private static @Nullable PreparedText execute(SqlTokens tokens, TokenRange statement) {
    String name = name(tokens, statement, statement.from() + 1);
    int next = statement.from() + 2;
    if (name == null) {
      return null;
    }
    if (next == statement.to()) {
      return new Execute(name, List.of());
    }
    return tokens.is(next, TokenKind.LEFT_PAREN) && tokens.skip(next) == statement.to()
        ? new Execute(name, list(tokens, next))
        : null;
  }

  private static @Nullable PreparedText deallocate(SqlTokens tokens, TokenRange statement) {
    boolean noise = statement.size() == 3 && tokens.word(statement.from() + 1, "prepare");
    int named = statement.from() + (noise ? 2 : 1);
    if (named + 1 != statement.to()) {
      return null;
    }
    if (tokens.word(named, "all")) {
      return new DeallocateAll();
    }
    String name = name(tokens, statement, named);
    return name == null ? null : new Deallocate(name);
  }

  private static @Nullable String name(SqlTokens tokens, TokenRange statement, int token) {
    if (token >= statement.to() || !tokens.name(token)) {
      return null;
    }
    String name = tokens.identifier(token);
    return name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES ? null : name;
  }

  private static List<String> list(SqlTokens tokens, int bracket) {
    List<String> items = new ArrayList<>();
    for (TokenRange item : tokens.commaSeparated(bracket + 1, tokens.partner(bracket))) {
      items.add(tokens.slice(item.from(), item.to()));
    }
    return items;
  }
}
