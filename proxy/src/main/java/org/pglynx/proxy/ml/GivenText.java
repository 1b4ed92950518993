package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;

/**
 * A statement with calls whose rows are given to the server: each becomes a subquery over a JSON
 * document. In a Query the document is a literal. A Parse does not know it yet: there it is the
 * value of a setting of the transaction, which is set before the statement is executed.
 */
final class GivenText {
  /** Names of settings stay in a server's session: there are not more than these. */
  private static final int NAMES = 1000;

  /** What follows an item of FROM that has no alias. */
  private static final Set<String> NO_ALIAS =
      Set.of(
          "where",
          "order",
          "group",
          "limit",
          "join",
          "left",
          "right",
          "inner",
          "full",
          "cross",
          "natural",
          "on",
          "using",
          "having",
          "window",
          "union",
          "intersect",
          "except",
          "offset",
          "fetch",
          "for",
          "tablesample",
          "returning",
          "set",
          "when");

  /** Where a call stands. */
  private enum Place {
    RELATION,
    VALUE
  }

  private record Given(FunctionCall call, Place place, List<Column> columns) {}

  private final SqlTokens tokens;
  private final TokenRange statement;
  private final List<Given> givens = new ArrayList<>();

  GivenText(SqlTokens tokens, TokenRange statement) {
    this.tokens = tokens;
    this.statement = statement;
  }

  /** Takes a call that stands behind all earlier ones; false if it cannot stand there. */
  boolean take(FunctionCall call) {
    List<Column> columns = columns(call);
    Place place = inFrom(call.range().from()) ? Place.RELATION : Place.VALUE;
    boolean fits =
        place == Place.RELATION
            ? !tokens.word(call.range().to(), "with")
            : columns.size() == 1 && !tokens.is(call.range().to(), TokenKind.LEFT_BRACKET);
    givens.add(new Given(call, place, columns));
    return fits;
  }

  private static List<Column> columns(FunctionCall call) {
    return switch (call.function()) {
      case "explain" -> Signatures.EXPLAIN.columns();
      case "feature_importance" -> Signatures.FEATURE_IMPORTANCE.columns();
      case "export_model" -> Signatures.EXPORT_MODEL.columns();
      case "xgboost_version" -> Signatures.XGBOOST_VERSION.columns();
      case "version" -> Signatures.VERSION.columns();
      default -> throw new IllegalArgumentException(call.function());
    };
  }

  // ---- places --------------------------------------------------------------------------------

  /** Whether an item of FROM begins with the token. */
  private boolean inFrom(int token) {
    int before = tokens.word(token - 1, "lateral") ? token - 2 : token - 1;
    if (tokens.word(before, "join")) {
      return true;
    }
    boolean list = tokens.is(before, TokenKind.COMMA);
    if (!list && !tokens.word(before, "from") && !tokens.word(before, "using")) {
      return false;
    }
    for (int i = before; i >= statement.from(); i = back(i)) {
      if (tokens.is(i, TokenKind.LEFT_PAREN)) {
        return false;
      }
      if (tokens.word(i, "from") && !tokens.word(i - 1, "distinct") || tokens.word(i, "using")) {
        return ofQuery(i - 1);
      }
      if (isClause(i)) {
        return false;
      }
    }
    return false;
  }

  /** Whether a statement or subquery begins before the FROM: functions have one of their own. */
  private boolean ofQuery(int before) {
    for (int i = before; i >= statement.from(); i = back(i)) {
      if (tokens.word(i, "select")
          || tokens.word(i, "update")
          || tokens.word(i, "delete")
          || tokens.word(i, "merge")) {
        return true;
      }
      if (tokens.is(i, TokenKind.LEFT_PAREN)) {
        return false;
      }
    }
    return false;
  }

  private boolean isClause(int token) {
    return tokens.word(token, "select")
        || tokens.word(token, "where")
        || tokens.word(token, "by")
        || tokens.word(token, "having")
        || tokens.word(token, "values")
        || tokens.word(token, "set")
        || tokens.word(token, "returning")
        || tokens.word(token, "window");
  }

  /** The token before this one, or the one before the bracket that this one closes. */
  private int back(int token) {
    boolean closes =
        tokens.is(token, TokenKind.RIGHT_PAREN) || tokens.is(token, TokenKind.RIGHT_BRACKET);
    return (closes ? tokens.partner(token) : token) - 1;
  }

  // ---- texts ---------------------------------------------------------------------------------

  /** The text of a Parse. */
  TextEdits forParse(ParameterTypes types) {
    return edited(index -> setting(index, types));
  }

  /**
   * The text of a Query.
   *
   * @param documents the rows of each call
   */
  TextEdits forQuery(List<String> documents) {
    return edited(index -> GivenRows.literal(documents.get(index)));
  }

  /** The setting that has the rows of the call. */
  String name(int index) {
    return "pglynx.rows_%d_%d".formatted(Math.floorMod(tokens.text().hashCode(), NAMES), index);
  }

  private TextEdits edited(IntFunction<String> documents) {
    TextEdits edits = new TextEdits(tokens.text());
    for (int i = 0; i < givens.size(); i++) {
      edit(givens.get(i), documents.apply(i), edits);
    }
    return edits;
  }

  private void edit(Given given, String document, TextEdits edits) {
    FunctionCall call = given.call();
    int alias = alias(call);
    boolean relation = given.place() == Place.RELATION;
    String behind = relation && alias < 0 ? " AS " + call.function() : "";
    // A function of one value calls its column as the item is called.
    boolean named = relation && given.columns().size() == 1;
    edits.replace(
        tokens.start(call.range().from()),
        tokens.end(call.range().to() - 1),
        rows(given.columns(), document) + behind);
    if (named && alias >= 0 && !tokens.is(alias + 1, TokenKind.LEFT_PAREN)) {
      edits.replace(tokens.end(alias), tokens.end(alias), "(" + tokens.slice(alias) + ")");
    }
  }

  /** The token of the alias behind an item of FROM, or -1. */
  private int alias(FunctionCall call) {
    int next = call.range().to();
    if (tokens.word(next, "as")) {
      return next + 1;
    }
    boolean word = tokens.is(next, TokenKind.WORD);
    boolean none =
        next >= statement.to()
            || !tokens.name(next)
            || word && NO_ALIAS.contains(tokens.slice(next).toLowerCase(Locale.ROOT));
    return none ? -1 : next;
  }

  private static String rows(List<Column> columns, String document) {
    String types =
        columns.stream()
            .map(column -> column.name() + " " + type(column))
            .collect(Collectors.joining(", "));
    String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    return "(SELECT %s FROM pg_catalog.jsonb_to_recordset(%s) AS given(%s))"
        .formatted(names, document, types);
  }

  private static String type(Column column) {
    return switch (column.typeOid()) {
      case Oid.TEXT -> "pg_catalog.text";
      case Oid.FLOAT8 -> "pg_catalog.float8";
      case Oid.BYTEA -> "pg_catalog.bytea";
      default -> throw new IllegalArgumentException(column.toString());
    };
  }

  /** Parameters that only the call has stay mentioned, so that all keep their numbers. */
  private String setting(int index, ParameterTypes types) {
    String name = "'" + name(index) + "'";
    String mentioned = mentioned(givens.get(index).call().range(), types);
    String which =
        mentioned == null
            ? name
            : "CASE WHEN %s THEN %s ELSE %s END".formatted(mentioned, name, name);
    return "NULLIF(pg_catalog.current_setting(%s, true), '')::pg_catalog.jsonb".formatted(which);
  }

  private @Nullable String mentioned(TokenRange range, ParameterTypes types) {
    List<String> all = new ArrayList<>();
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        int number = Integer.parseInt(tokens.slice(i).substring(1));
        all.add(tokens.slice(i) + typeName(types.type(number - 1)) + " IS NULL");
      }
    }
    return all.isEmpty() ? null : String.join(" OR ", all);
  }

  /** What Parse declares needs no cast. */
  private static String typeName(int oid) {
    return switch (oid) {
      case Oid.TEXT -> "::pg_catalog.text";
      case Oid.BOOL -> "::pg_catalog.bool";
      case Oid.INT2 -> "::pg_catalog.int2";
      case Oid.INT4 -> "::pg_catalog.int4";
      case Oid.INT8 -> "::pg_catalog.int8";
      case Oid.FLOAT4 -> "::pg_catalog.float4";
      case Oid.FLOAT8 -> "::pg_catalog.float8";
      case Oid.NUMERIC -> "::pg_catalog.numeric";
      case Oid.JSONB -> "::pg_catalog.jsonb";
      case Oid.FLOAT4_ARRAY -> "::pg_catalog.float4[]";
      case Oid.FLOAT8_ARRAY -> "::pg_catalog.float8[]";
      case Oid.NUMERIC_ARRAY -> "::pg_catalog.numeric[]";
      case Oid.INT2_ARRAY -> "::pg_catalog.int2[]";
      case Oid.INT4_ARRAY -> "::pg_catalog.int4[]";
      case Oid.INT8_ARRAY -> "::pg_catalog.int8[]";
      case Oid.BOOL_ARRAY -> "::pg_catalog.bool[]";
      default -> "";
    };
  }
}
