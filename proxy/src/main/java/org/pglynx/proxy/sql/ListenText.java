package org.pglynx.proxy.sql;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text that is one LISTEN or UNLISTEN and nothing else, of a channel whose name is certain.
 *
 * @param listens whether it is LISTEN
 * @param channel the channel as the server knows it; null for {@code UNLISTEN *}
 */
public record ListenText(boolean listens, @Nullable String channel) {
  /** Longer names are cut by the server, with a notice (NAMEDATALEN). */
  private static final int MAX_NAME = 63;

  private static final int MAX_LENGTH = 512;

  /** Key words that are no names without quotes (PostgreSQL manual, appendix C). */
  private static final Set<String> NO_NAMES =
      Set.of(
          ("all analyse analyze and any array as asc asymmetric authorization binary both case cast"
                  + " check collate collation column concurrently constraint create cross"
                  + " current_catalog current_date current_role current_schema current_time"
                  + " current_timestamp current_user default deferrable desc distinct do else end"
                  + " except false fetch for foreign freeze from full grant group having ilike in"
                  + " initially inner intersect into is isnull join lateral leading left like limit"
                  + " localtime localtimestamp natural not notnull null offset on only or order outer"
                  + " overlaps placing primary references returning right select session_user similar"
                  + " some symmetric system_user table tablesample then to trailing true union unique"
                  + " user using variadic verbose when where window with")
              .split(" "));

  /** Whether a text that begins like this, in lower case or not, may be one. */
  public static boolean mayBegin(int first, int second, int length) {
    int pair = (first | 0x20) << 8 | (second | 0x20);
    boolean comment = first == '-' || first == '/';
    return length <= MAX_LENGTH
        && (pair == ('l' << 8 | 'i') || pair == ('u' << 8 | 'n') || comment);
  }

  /** The statement, or null if the text is anything else. */
  public static @Nullable ListenText of(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    lexer.next();
    boolean listens = is(lexer, sql, "listen");
    if (!listens && !is(lexer, sql, "unlisten")) {
      return null;
    }
    lexer.next();
    String token = sql.substring(lexer.start(), lexer.end());
    boolean all = !listens && lexer.kind() == TokenKind.OPERATOR && token.equals("*");
    String name = all ? null : name(lexer.kind(), token);
    lexer.next();
    while (lexer.kind() == TokenKind.SEMICOLON) {
      lexer.next();
    }
    return lexer.kind() != TokenKind.END || !all && name == null
        ? null
        : new ListenText(listens, name);
  }

  private static boolean is(SqlLexer lexer, String sql, String word) {
    return lexer.kind() == TokenKind.WORD && EffectName.same(sql, lexer.start(), lexer.end(), word);
  }

  private static @Nullable String name(TokenKind kind, String token) {
    String name =
        switch (kind) {
          case WORD -> plain(Literals.identifier(token));
          case QUOTED_IDENTIFIER -> token.charAt(0) == '"' ? Literals.identifier(token) : "";
          default -> "";
        };
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    return length == 0 || length > MAX_NAME || name.indexOf('\ufffd') >= 0 ? null : name;
  }

  /** What other letters than ASCII's are in lower case depends on the database. */
  private static String plain(String name) {
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    return ascii && !NO_NAMES.contains(name) ? name : "";
  }
}
