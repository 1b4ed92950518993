package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Reads rows of literals and parameters, and JSON that is one of them. Anything else is left to the
 * server, which can compute all.
 */
final class RowReader {
  private final SqlTokens tokens;
  private final ArgumentReader reader;
  private final ParameterTypes types;

  RowReader(SqlTokens tokens, ParameterTypes types) {
    this.tokens = tokens;
    this.reader = new ArgumentReader(tokens);
    this.types = types;
  }

  /** The features, or null if only a server can compute them. */
  @Nullable Features read(FeatureForm form, TokenRange argument) throws PgErrorException {
    TokenRange inner = reader.unwrap(argument);
    return form == FeatureForm.RECORD ? row(inner) : json(inner);
  }

  private @Nullable Features json(TokenRange inner) throws PgErrorException {
    Argument argument = reader.read(inner);
    if (!ArgumentType.JSONB.accepts(argument.typeName())) {
      return null;
    }
    return switch (argument) {
      case Argument.Literal literal when literal.text() == null -> new Features.Missing();
      case Argument.Literal literal -> new Features.Json(literal.text(), List.of(), -1);
      case Argument.Bound bound -> {
        int declared = types.declared(bound.index());
        if (declared != Oid.UNSPECIFIED && declared != Oid.JSON && declared != Oid.JSONB) {
          yield null;
        }
        types.use(bound.index(), Oid.JSONB);
        yield new Features.Json(null, List.of(), bound.index());
      }
      case Argument.Computed computed -> null;
    };
  }

  private @Nullable Features row(TokenRange inner) throws PgErrorException {
    boolean named = tokens.word(inner.from(), "row");
    if (named && tokens.partner(inner.from() + 1) != inner.to() - 1) {
      return null;
    }
    TokenRange list = named ? new TokenRange(inner.from() + 2, inner.to() - 1) : inner;
    List<RowValue> values = new ArrayList<>();
    for (TokenRange element : tokens.commaSeparated(list.from(), list.to())) {
      RowValue value = value(reader.read(element));
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values.isEmpty() ? null : new Features.Json(null, values, -1);
  }

  private @Nullable RowValue value(Argument argument) throws PgErrorException {
    return switch (argument) {
      case Argument.Literal literal -> literal(literal);
      case Argument.Bound bound -> parameter(bound);
      case Argument.Computed computed -> null;
    };
  }

  /** Other types may show a value in another way than it was written. */
  private static @Nullable RowValue literal(Argument.Literal literal) {
    return switch (literal.typeName()) {
      case "unknown", "text", "character varying" -> new RowValue(literal.text(), false, -1);
      case "integer", "bigint", "smallint", "numeric", "boolean" -> bare(literal.text());
      default -> null;
    };
  }

  private static @Nullable RowValue bare(@Nullable String text) {
    boolean plain = text == null || text.matches("-?(0|[1-9]\\d*)(\\.\\d+)?|true|false");
    return plain ? new RowValue(text, true, -1) : null;
  }

  private @Nullable RowValue parameter(Argument.Bound bound) throws PgErrorException {
    int oid =
        switch (bound.typeName()) {
          case "unknown", "text", "character varying" -> Oid.TEXT;
          case "integer" -> Oid.INT4;
          case "bigint" -> Oid.INT8;
          case "smallint" -> Oid.INT2;
          case "real" -> Oid.FLOAT4;
          case "double precision" -> Oid.FLOAT8;
          case "numeric" -> Oid.NUMERIC;
          case "boolean" -> Oid.BOOL;
          default -> Oid.UNSPECIFIED;
        };
    int declared = types.declared(bound.index());
    boolean readable =
        switch (declared) {
          case Oid.UNSPECIFIED, Oid.TEXT, Oid.VARCHAR, Oid.INT2, Oid.INT4, Oid.INT8 -> true;
          case Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC, Oid.BOOL -> true;
          default -> false;
        };
    boolean converted =
        declared != Oid.UNSPECIFIED && declared != oid && !bound.typeName().equals("unknown");
    if (oid == Oid.UNSPECIFIED || !readable || converted) {
      return null;
    }
    types.use(bound.index(), oid);
    return new RowValue(null, false, bound.index());
  }
}
