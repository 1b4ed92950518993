package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;

/**
 * Reads literals and parameters, with casts that leave them what they are. Anything else is no
 * term: neither is {@code id + 1}, nor a string with a backslash, which one setting of the server
 * would make another one.
 */
final class TermReader {
  private static final int MAX_PARAMETER = 65_535;

  private final SqlTokens tokens;

  TermReader(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** The term that the range is, or null. */
  @Nullable KeyTerm term(TokenRange range, KeyType type) {
    int from = range.from();
    int to = range.to();
    if (type == KeyType.REALS) {
      return reals(range);
    }
    if (tokens.is(from, TokenKind.LEFT_PAREN) && tokens.partner(from) == to - 1) {
      return term(new TokenRange(from + 1, to - 1), type);
    }
    if (tokens.word(from, "cast")
        && tokens.is(from + 1, TokenKind.LEFT_PAREN)
        && tokens.partner(from + 1) == to - 1
        && to - from > 5
        && tokens.word(to - 3, "as")) {
      return cast(new TokenRange(from + 2, to - 3), to - 2, type);
    }
    if (range.size() > 2 && tokens.is(to - 2, TokenKind.CAST)) {
      return cast(new TokenRange(from, to - 2), to - 1, type);
    }
    return plain(range, type, Oid.UNSPECIFIED);
  }

  /** {@code ARRAY[1, 2.5]}, a text or a parameter, perhaps cast to real[] or float4[]. */
  private @Nullable KeyTerm reals(TokenRange range) {
    int from = range.from();
    int cast = range.to() - 4;
    boolean typed =
        range.size() > 4
            && tokens.is(cast, TokenKind.CAST)
            && (tokens.word(cast + 1, "real") || tokens.word(cast + 1, "float4"))
            && tokens.is(cast + 2, TokenKind.LEFT_BRACKET)
            && tokens.is(cast + 3, TokenKind.RIGHT_BRACKET);
    TokenRange inner = typed ? new TokenRange(from, cast) : range;
    if (!tokens.word(from, "array") || !tokens.is(from + 1, TokenKind.LEFT_BRACKET)) {
      return plain(inner, KeyType.REALS, typed ? Oid.FLOAT4_ARRAY : Oid.UNSPECIFIED);
    }
    int close = tokens.partner(from + 1);
    return close == inner.to() - 1 ? reals(from + 2, close) : null;
  }

  private @Nullable KeyTerm reals(int from, int to) {
    List<String> numbers = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(from, to)) {
      boolean negative = each.size() == 2 && tokens.operator(each.from(), "-");
      int last = each.to() - 1;
      if (!tokens.is(last, TokenKind.NUMBER) || each.size() > (negative ? 2 : 1)) {
        return null;
      }
      numbers.add((negative ? "-" : "") + tokens.slice(last));
    }
    return new KeyTerm.Quoted("{" + String.join(",", numbers) + "}");
  }

  private @Nullable KeyTerm cast(TokenRange inner, int typeName, KeyType type) {
    int oid = tokens.name(typeName) ? type.cast(tokens.identifier(typeName)) : 0;
    return oid == Oid.UNSPECIFIED ? null : plain(inner, type, oid);
  }

  private @Nullable KeyTerm plain(TokenRange range, KeyType type, int cast) {
    int from = range.from();
    if (range.size() == 2 && tokens.operator(from, "-")) {
      // A minus binds less than a cast: -5::int is -(5::int), which is the same number.
      return type.numeric() ? number("-" + tokens.slice(from + 1), from + 1) : null;
    }
    if (range.size() != 1) {
      return null;
    }
    return switch (tokens.kind(from)) {
      case NUMBER -> type.numeric() ? number(tokens.slice(from), from) : null;
      case STRING -> quoted(tokens.slice(from));
      case PARAMETER -> parameter(tokens.slice(from), cast);
      case WORD -> tokens.word(from, "null") ? KeyTerm.NULL : null;
      case QUOTED_IDENTIFIER, BIT_STRING, DOLLAR_STRING, OPERATOR, CAST, ARROW, COMMA -> null;
      case LEFT_PAREN, RIGHT_PAREN, LEFT_BRACKET, RIGHT_BRACKET, SEMICOLON, DOT, COLON -> null;
      case BROKEN, END -> null;
    };
  }

  private @Nullable KeyTerm number(String digits, int token) {
    if (!tokens.is(token, TokenKind.NUMBER) || !tokens.slice(token).matches("\\d{1,19}")) {
      return null;
    }
    try {
      return new KeyTerm.Number(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      // Beyond a bigint it is a numeric.
      return null;
    }
  }

  private static @Nullable KeyTerm quoted(String token) {
    return token.startsWith("'") && token.indexOf('\\') < 0
        ? new KeyTerm.Quoted(Literals.string(token))
        : null;
  }

  private static @Nullable KeyTerm parameter(String token, int cast) {
    int number = token.length() > 6 ? MAX_PARAMETER + 1 : Integer.parseInt(token.substring(1));
    return number < 1 || number > MAX_PARAMETER ? null : new KeyTerm.Parameter(number - 1, cast);
  }

  /** What one of the elements of the array is that the range is, or null. */
  @Nullable List<KeyTerm> elements(TokenRange range, KeyType type) {
    int from = range.from();
    TokenRange array = range;
    if (range.size() > 4 && tokens.is(range.to() - 4, TokenKind.CAST)) {
      int name = range.to() - 3;
      boolean same =
          tokens.is(name + 1, TokenKind.LEFT_BRACKET)
              && tokens.is(name + 2, TokenKind.RIGHT_BRACKET)
              && tokens.name(name)
              && type.cast(tokens.identifier(name)) != Oid.UNSPECIFIED;
      if (!same) {
        return null;
      }
      array = new TokenRange(from, range.to() - 4);
    }
    if (tokens.word(from, "array") && tokens.is(from + 1, TokenKind.LEFT_BRACKET)) {
      int close = tokens.partner(from + 1);
      return close == array.to() - 1 ? list(from + 2, close, type) : null;
    }
    if (array.size() != 1) {
      return null;
    }
    if (tokens.is(from, TokenKind.STRING)) {
      return quoted(tokens.slice(from)) instanceof KeyTerm.Quoted text
          ? List.of(new KeyTerm.QuotedArray(text.text()))
          : null;
    }
    return tokens.is(from, TokenKind.PARAMETER)
            && parameter(tokens.slice(from), Oid.UNSPECIFIED) instanceof KeyTerm.Parameter known
        ? List.of(new KeyTerm.ArrayParameter(known))
        : null;
  }

  /** The terms that the list consists of, or null if one of them is none. */
  @Nullable List<KeyTerm> list(int from, int to, KeyType type) {
    List<KeyTerm> terms = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(from, to)) {
      KeyTerm term = term(each, type);
      if (term == null) {
        return null;
      }
      terms.add(term);
    }
    return terms.isEmpty() ? null : terms;
  }
}
