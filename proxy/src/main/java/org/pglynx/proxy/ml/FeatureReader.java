package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.ml.Argument.Bound;
import org.pglynx.proxy.ml.Argument.Computed;
import org.pglynx.proxy.ml.Argument.Literal;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Reads a features argument that needs no server. What it cannot read (columns, expressions, casts
 * that change values) it leaves to the rewriting of rows, which can do all that the server can.
 */
final class FeatureReader {
  private final SqlTokens tokens;
  private final ArgumentReader reader;
  private final ParameterTypes types;

  FeatureReader(SqlTokens tokens, ParameterTypes types) {
    this.tokens = tokens;
    this.reader = new ArgumentReader(tokens);
    this.types = types;
  }

  /** The features, or null if only a server can compute them. */
  @Nullable Features read(TokenRange argument) throws PgErrorException {
    TokenRange range = reader.unwrap(argument);
    int cast = reader.lastCast(range);
    String type =
        cast > range.from() ? reader.typeName(new TokenRange(cast + 1, range.to())) : "real[]";
    TokenRange value =
        cast > range.from() ? reader.unwrap(new TokenRange(range.from(), cast)) : range;
    int oid = arrayOid(type);
    if (oid == Oid.UNSPECIFIED) {
      return null;
    }
    if (isArray(value)) {
      return array(value, oid);
    }
    return switch (reader.read(value)) {
      case Literal literal when literal.typeName().equals("unknown") ->
          literal(literal.text(), oid);
      case Literal literal -> null;
      case Bound bound -> whole(bound, oid);
      case Computed computed -> null;
    };
  }

  private static int arrayOid(String type) {
    return switch (type) {
      case "real[]" -> Oid.FLOAT4_ARRAY;
      case "double precision[]" -> Oid.FLOAT8_ARRAY;
      case "numeric[]" -> Oid.NUMERIC_ARRAY;
      case "integer[]" -> Oid.INT4_ARRAY;
      case "bigint[]" -> Oid.INT8_ARRAY;
      case "smallint[]" -> Oid.INT2_ARRAY;
      case "boolean[]" -> Oid.BOOL_ARRAY;
      default -> Oid.UNSPECIFIED;
    };
  }

  /** Whether an element's literal keeps its value under the array's cast. */
  private static boolean keeps(int arrayOid, String literalType) {
    return switch (arrayOid) {
      case Oid.FLOAT4_ARRAY, Oid.FLOAT8_ARRAY, Oid.NUMERIC_ARRAY -> !literalType.equals("boolean");
      case Oid.BOOL_ARRAY -> literalType.equals("boolean");
      default -> literalType.equals("integer");
    };
  }

  private boolean isArray(TokenRange range) {
    return tokens.word(range.from(), "array")
        && tokens.is(range.from() + 1, TokenKind.LEFT_BRACKET)
        && tokens.partner(range.from() + 1) == range.to() - 1;
  }

  /**
   * The elements of an array, also of one of arrays, one row behind the other; null if the server
   * has to say whether the rows fit each other.
   */
  private @Nullable List<TokenRange> elements(int from, int to) {
    List<TokenRange> parts = tokens.commaSeparated(from, to);
    if (parts.stream().noneMatch(this::isRow)) {
      return parts;
    }
    List<TokenRange> all = new ArrayList<>();
    int width = -1;
    for (TokenRange part : parts) {
      int bracket = tokens.word(part.from(), "array") ? part.from() + 1 : part.from();
      List<TokenRange> row = isRow(part) ? elements(bracket + 1, part.to() - 1) : null;
      if (row == null || (width >= 0 && row.size() != width)) {
        return null;
      }
      width = row.size();
      all.addAll(row);
    }
    return all;
  }

  /** {@code [1, 2]} or {@code ARRAY[1, 2]} inside of an array. */
  private boolean isRow(TokenRange part) {
    return isArray(part)
        || (tokens.is(part.from(), TokenKind.LEFT_BRACKET)
            && tokens.partner(part.from()) == part.to() - 1);
  }

  private @Nullable Features array(TokenRange range, int arrayOid) throws PgErrorException {
    List<TokenRange> elements = elements(range.from() + 2, range.to() - 1);
    if (elements == null) {
      return null;
    }
    float[] constants = new float[elements.size()];
    int[] kinds = new int[elements.size()];
    for (int i = 0; i < kinds.length; i++) {
      switch (reader.read(elements.get(i))) {
        case Literal literal -> {
          if (!constant(literal, arrayOid, i, constants, kinds)) {
            return null;
          }
        }
        case Bound bound -> {
          if (!elementParameter(bound)) {
            return null;
          }
          kinds[i] = bound.index();
        }
        case Computed computed -> {
          return null;
        }
      }
    }
    return new Features.Elements(constants, kinds);
  }

  private static boolean constant(
      Literal literal, int arrayOid, int i, float[] constants, int[] kinds)
      throws PgErrorException {
    String text = literal.text();
    if (text == null) {
      kinds[i] = Features.Elements.NULL;
      return true;
    }
    kinds[i] = Features.Elements.CONSTANT;
    if (literal.typeName().equals("boolean")) {
      constants[i] = BooleanText.parse(text) ? 1 : 0;
      return arrayOid == Oid.FLOAT4_ARRAY || keeps(arrayOid, "boolean");
    }
    if (!keeps(arrayOid, literal.typeName())) {
      return false;
    }
    try {
      constants[i] = (float) RealRange.within(FloatParser.parse(text), text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private boolean elementParameter(Bound bound) {
    int oid =
        switch (bound.typeName()) {
          case "unknown", "double precision" -> Oid.FLOAT8;
          case "real" -> Oid.FLOAT4;
          case "numeric" -> Oid.NUMERIC;
          case "integer" -> Oid.INT4;
          case "bigint" -> Oid.INT8;
          case "smallint" -> Oid.INT2;
          case "boolean" -> Oid.BOOL;
          default -> Oid.UNSPECIFIED;
        };
    boolean scalar =
        switch (types.declared(bound.index())) {
          case Oid.UNSPECIFIED, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC, Oid.INT2, Oid.INT4 -> true;
          case Oid.INT8, Oid.BOOL -> true;
          default -> false;
        };
    if (oid == Oid.UNSPECIFIED || !scalar) {
      return false;
    }
    types.use(bound.index(), oid);
    return true;
  }

  private @Nullable Features whole(Bound bound, int castOid) {
    boolean array =
        switch (types.declared(bound.index())) {
          case Oid.UNSPECIFIED, Oid.FLOAT4_ARRAY, Oid.FLOAT8_ARRAY, Oid.NUMERIC_ARRAY -> true;
          case Oid.INT2_ARRAY, Oid.INT4_ARRAY, Oid.INT8_ARRAY, Oid.BOOL_ARRAY -> true;
          default -> false;
        };
    if (!array || !bound.typeName().equals("unknown")) {
      return null;
    }
    types.use(bound.index(), castOid);
    return new Features.WholeArray(bound.index());
  }

  private static @Nullable Features literal(@Nullable String text, int arrayOid)
      throws PgErrorException {
    if (text == null) {
      return new Features.Missing();
    }
    if (arrayOid != Oid.FLOAT4_ARRAY
        && arrayOid != Oid.FLOAT8_ARRAY
        && arrayOid != Oid.NUMERIC_ARRAY) {
      return null;
    }
    ByteBuf bytes = Unpooled.copiedBuffer(text.trim(), StandardCharsets.UTF_8);
    FeatureRow row = new FeatureRow(16);
    FeatureText.read(bytes, 0, bytes.readableBytes(), row);
    float[] values = Arrays.copyOf(row.values(), row.count());
    int[] kinds = new int[values.length];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = row.isNull(i) ? Features.Elements.NULL : Features.Elements.CONSTANT;
    }
    return new Features.Elements(values, kinds);
  }
}
