package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.ml.Argument.Bound;
import org.pglynx.proxy.ml.Argument.Computed;
import org.pglynx.proxy.ml.Argument.Literal;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads literals and parameters, with casts and in parentheses, from an argument's tokens. */
final class ArgumentReader {
  private static final String UNKNOWN = "unknown";

  private final SqlTokens tokens;

  ArgumentReader(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** The argument that the tokens spell. */
  Argument read(TokenRange range) {
    TokenRange inner = unwrap(range);
    Cast cast = castOf(inner);
    if (cast != null) {
      return cast(read(cast.value()), cast.type());
    }
    return isTexts(inner) ? texts(inner) : plain(inner);
  }

  /** What is cast to which type. */
  record Cast(TokenRange value, String type) {}

  /** The cast that the whole is, as {@code x::type} or as {@code CAST(x AS type)}; else null. */
  @Nullable Cast castOf(TokenRange inner) {
    int cast = lastCast(inner);
    if (cast > inner.from()) {
      return new Cast(
          new TokenRange(inner.from(), cast), typeName(new TokenRange(cast + 1, inner.to())));
    }
    return isCastCall(inner) ? castCall(inner) : null;
  }

  /** {@code ARRAY[…]}. */
  private boolean isTexts(TokenRange range) {
    return tokens.word(range.from(), "array")
        && tokens.is(range.from() + 1, TokenKind.LEFT_BRACKET)
        && tokens.partner(range.from() + 1) == range.to() - 1;
  }

  /** An array of nothing but strings; others are left to the server. */
  private Argument texts(TokenRange range) {
    List<String> elements = new ArrayList<>();
    for (TokenRange element : tokens.commaSeparated(range.from() + 2, range.to() - 1)) {
      if (!(read(element) instanceof Literal literal)
          || literal.text() == null
          || !isText(literal.typeName())) {
        return new Computed();
      }
      elements.add(literal.text());
    }
    return new Literal(TextArray.write(elements), "text[]");
  }

  private static boolean isText(String typeName) {
    return typeName.equals(UNKNOWN)
        || typeName.equals("text")
        || typeName.equals("character varying");
  }

  /** Without parentheses around the whole. */
  TokenRange unwrap(TokenRange range) {
    TokenRange inner = range;
    while (inner.size() > 2
        && tokens.is(inner.from(), TokenKind.LEFT_PAREN)
        && tokens.partner(inner.from()) == inner.to() - 1) {
      inner = new TokenRange(inner.from() + 1, inner.to() - 1);
    }
    return inner;
  }

  /** Index of the last {@code ::} outside of brackets, or -1. */
  int lastCast(TokenRange range) {
    int found = -1;
    for (int i = range.from(); i < range.to(); i = tokens.skip(i)) {
      if (tokens.is(i, TokenKind.CAST)) {
        found = i;
      }
    }
    return found;
  }

  /** A type's name, folded, single-spaced, with the server's own name for what has several. */
  String typeName(TokenRange range) {
    StringBuilder name = new StringBuilder();
    for (int i = range.from(); i < range.to(); i++) {
      boolean word = tokens.name(i);
      boolean afterWord = i > range.from() && tokens.name(i - 1);
      name.append(word && afterWord ? " " : "")
          .append(word ? tokens.identifier(i) : tokens.slice(i));
    }
    return canonical(name.toString());
  }

  private static String canonical(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "float4" -> "real";
      case "float8", "float" -> "double precision";
      case "int", "int4" -> "integer";
      case "int8" -> "bigint";
      case "int2" -> "smallint";
      case "bool" -> "boolean";
      case "decimal" -> "numeric";
      case "varchar" -> "character varying";
      case "float4[]" -> "real[]";
      case "float8[]", "float[]" -> "double precision[]";
      case "int[]", "int4[]" -> "integer[]";
      case "int8[]" -> "bigint[]";
      case "int2[]" -> "smallint[]";
      case "bool[]" -> "boolean[]";
      case "decimal[]" -> "numeric[]";
      case "varchar[]" -> "character varying[]";
      default -> name;
    };
  }

  private boolean isCastCall(TokenRange range) {
    return tokens.word(range.from(), "cast")
        && tokens.is(range.from() + 1, TokenKind.LEFT_PAREN)
        && tokens.partner(range.from() + 1) == range.to() - 1;
  }

  /** {@code CAST(x AS type)}. */
  private @Nullable Cast castCall(TokenRange range) {
    int as = range.from() + 2;
    while (as < range.to() - 1 && !tokens.word(as, "as")) {
      as = tokens.skip(as);
    }
    return as >= range.to() - 1
        ? null
        : new Cast(
            new TokenRange(range.from() + 2, as), typeName(new TokenRange(as + 1, range.to() - 1)));
  }

  private static Argument cast(Argument value, String type) {
    return switch (value) {
      case Literal literal when castKeepsText(literal, type) -> new Literal(literal.text(), type);
      case Literal literal -> new Computed();
      case Bound bound when bound.typeName().equals(UNKNOWN) -> new Bound(bound.index(), type);
      case Bound bound -> new Computed();
      case Computed computed -> computed;
    };
  }

  /** Strings take any type as they are; 1.7::integer would change the value. */
  private static boolean castKeepsText(Literal literal, String type) {
    return switch (literal.typeName()) {
      case UNKNOWN -> true;
      case "integer", "bigint" -> !type.equals("boolean");
      case "numeric" ->
          type.equals("real") || type.equals("double precision") || type.equals("numeric");
      default -> literal.typeName().equals(type);
    };
  }

  private Argument plain(TokenRange range) {
    int first = range.from();
    if (range.size() == 1) {
      Literal literal = literal(first);
      if (literal != null) {
        return literal;
      }
      if (tokens.is(first, TokenKind.PARAMETER)) {
        return parameter(tokens.slice(first));
      }
    }
    if (range.size() == 2 && tokens.is(first + 1, TokenKind.NUMBER)) {
      if (tokens.operator(first, "-")) {
        return number("-" + tokens.slice(first + 1));
      }
      if (tokens.operator(first, "+")) {
        return number(tokens.slice(first + 1));
      }
    }
    return new Computed();
  }

  private static Argument parameter(String token) {
    try {
      int number = Integer.parseInt(token.substring(1));
      // Bind counts parameters in 16 bits.
      return number >= 1 && number <= 65535 ? new Bound(number - 1, UNKNOWN) : new Computed();
    } catch (NumberFormatException e) {
      return new Computed();
    }
  }

  private @Nullable Literal literal(int token) {
    return switch (tokens.kind(token)) {
      case STRING, DOLLAR_STRING -> new Literal(Literals.string(tokens.slice(token)), UNKNOWN);
      case NUMBER -> number(tokens.slice(token));
      case WORD -> word(token);
      default -> null;
    };
  }

  private @Nullable Literal word(int token) {
    if (tokens.word(token, "null")) {
      return new Literal(null, UNKNOWN);
    }
    if (tokens.word(token, "true") || tokens.word(token, "false")) {
      return new Literal(tokens.identifier(token), "boolean");
    }
    return null;
  }

  private static Literal number(String text) {
    String digits = text.replace("_", "");
    boolean negative = digits.startsWith("-");
    String unsigned = negative ? digits.substring(1) : digits;
    if (unsigned.length() > 1
        && Character.isLetter(unsigned.charAt(1))
        && unsigned.charAt(1) != 'e'
        && unsigned.charAt(1) != 'E') {
      long value = Long.parseLong(unsigned.substring(2), radix(unsigned.charAt(1)));
      return new Literal(Long.toString(negative ? -value : value), "integer");
    }
    boolean integral = unsigned.chars().allMatch(Character::isDigit);
    if (!integral) {
      return new Literal(digits, "numeric");
    }
    // make_const: what fits 4 bytes is integer, 8 bytes bigint, else numeric.
    int length = unsigned.length();
    return new Literal(digits, length < 10 ? "integer" : length < 19 ? "bigint" : "numeric");
  }

  private static int radix(char letter) {
    return switch (letter) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      default -> 2;
    };
  }
}
