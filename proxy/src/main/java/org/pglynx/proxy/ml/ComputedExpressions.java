package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Arguments of a call that only a server can compute, as one query: scalar subqueries and anything
 * else that depends on no row around the call.
 *
 * @param sql the query, with parameters of its own numbers
 * @param parameters which of the client's each of them is
 * @param types of the client's parameters, as far as they are used here
 * @param count how many expressions there are
 */
record ComputedExpressions(String sql, List<Integer> parameters, List<Integer> types, int count) {
  /** Copies the lists. */
  ComputedExpressions {
    parameters = List.copyOf(parameters);
    types = List.copyOf(types);
  }

  /**
   * The query for the expressions.
   *
   * @throws PgErrorException if nobody knows the type of a parameter
   */
  static ComputedExpressions of(SqlTokens tokens, List<TokenRange> ranges, ParameterTypes types)
      throws PgErrorException {
    return new Reader(tokens, types).read(ranges);
  }

  /** Asks the server. Blocks. */
  List<ComputedValue> compute(SqlSession session, Arguments arguments)
      throws PgErrorException, InterruptedException {
    if (session.servers() > 1) {
      // One shard's answer is not that of all rows.
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "arguments of pgml functions are not computed in a database of several shards")
          .withHint("Compute the value first and pass it as a literal or as $n.")
          .toException();
    }
    @Nullable Object[] values = new Object[parameters.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(arguments, parameters.get(i), types.get(i));
    }
    List<@Nullable String[]> rows = session.query(sql, values).rows();
    if (rows.size() != 1) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED, "an argument of pgml functions must be one value")
          .toException();
    }
    @Nullable String[] row = rows.get(0);
    List<ComputedValue> computed = new ArrayList<>();
    for (int i = 0; i < 3 * count; i += 3) {
      computed.add(new ComputedValue(row[i], Rows.text(row, i + 1), row[i + 2]));
    }
    return computed;
  }

  private static @Nullable String value(Arguments arguments, int index, int type)
      throws PgErrorException {
    boolean readable =
        switch (type) {
          case Oid.BOOL, Oid.INT2, Oid.INT4, Oid.INT8, Oid.FLOAT4, Oid.FLOAT8 -> true;
          case Oid.TEXT, Oid.VARCHAR, Oid.JSON, Oid.JSONB, Oid.TEXT_ARRAY -> true;
          default -> !arguments.binary(index);
        };
    if (!readable) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "parameter $%d in an argument of a pgml function must be bound as text"
                  .formatted(index + 1))
          .toException();
    }
    return ParameterValues.text(arguments, index, type);
  }

  /** Writes the query. Used once. */
  private static final class Reader {
    private final SqlTokens tokens;
    private final ParameterTypes types;
    private final List<Integer> parameters = new ArrayList<>();
    private final List<Integer> used = new ArrayList<>();

    Reader(SqlTokens tokens, ParameterTypes types) {
      this.tokens = tokens;
      this.types = types;
    }

    /** OFFSET 0 keeps the server from computing an expression more than once. */
    ComputedExpressions read(List<TokenRange> ranges) throws PgErrorException {
      StringBuilder shown = new StringBuilder();
      StringBuilder computed = new StringBuilder();
      for (int i = 0; i < ranges.size(); i++) {
        String comma = i == 0 ? "" : ", ";
        shown
            .append(comma)
            .append(
                "v%1$d::pg_catalog.text, pg_catalog.pg_typeof(v%1$d)::pg_catalog.text,"
                    .formatted(i))
            .append(" pg_catalog.to_json(v%d)::pg_catalog.text".formatted(i));
        computed.append(comma).append('(').append(text(ranges.get(i))).append(") AS v").append(i);
      }
      return new ComputedExpressions(
          "SELECT %s FROM (SELECT %s OFFSET 0) AS computed".formatted(shown, computed),
          parameters,
          used,
          ranges.size());
    }

    private String text(TokenRange range) throws PgErrorException {
      StringBuilder text = new StringBuilder();
      int done = tokens.start(range.from());
      for (int i = range.from(); i < range.to(); i++) {
        if (tokens.is(i, TokenKind.PARAMETER)) {
          text.append(tokens.text(), done, tokens.start(i)).append('$').append(own(i));
          done = tokens.end(i);
        }
      }
      return text.append(tokens.text(), done, tokens.end(range.to() - 1)).toString();
    }

    /** The parameter's number in the query. */
    private int own(int token) throws PgErrorException {
      ArgumentReader reader = new ArgumentReader(tokens);
      if (!(reader.read(new TokenRange(token, token + 1)) instanceof Argument.Bound bound)) {
        throw Refusals.undeterminedParameter(0).toException();
      }
      int known = parameters.indexOf(bound.index());
      if (known >= 0) {
        return known + 1;
      }
      int type = types.type(bound.index());
      int needed = type == Oid.UNSPECIFIED ? castType(reader, token) : type;
      if (needed == Oid.UNSPECIFIED) {
        throw Refusals.undeterminedParameter(bound.index())
            .withHint("Declare its type, or cast it: $%d::type.".formatted(bound.index() + 1))
            .toException();
      }
      types.use(bound.index(), needed);
      parameters.add(bound.index());
      used.add(needed);
      return parameters.size();
    }

    private int castType(ArgumentReader reader, int token) {
      if (!tokens.is(token + 1, TokenKind.CAST)) {
        return Oid.UNSPECIFIED;
      }
      int last = tokens.word(token + 2, "double") ? token + 3 : token + 2;
      return switch (reader.typeName(new TokenRange(token + 2, last + 1))) {
        case "boolean" -> Oid.BOOL;
        case "smallint" -> Oid.INT2;
        case "integer" -> Oid.INT4;
        case "bigint" -> Oid.INT8;
        case "real" -> Oid.FLOAT4;
        case "double precision" -> Oid.FLOAT8;
        case "numeric" -> Oid.NUMERIC;
        case "text" -> Oid.TEXT;
        case "character varying" -> Oid.VARCHAR;
        case "jsonb" -> Oid.JSONB;
        default -> Oid.UNSPECIFIED;
      };
    }
  }
}
