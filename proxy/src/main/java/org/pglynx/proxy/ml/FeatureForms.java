package org.pglynx.proxy.ml;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;

/**
 * Tells by its text in which form an argument gives features. A name is taken for a row when FROM
 * has it; that it may be a column after all does no harm, because to_json, which rows are sent as,
 * knows arrays as well.
 */
final class FeatureForms {
  /** For statements without relations. */
  static final FeatureForms NO_ROWS = new FeatureForms(Set.of());

  private static final Set<String> CONDITIONS =
      Set.of(
          "true", "false", "not", "and", "or", "is", "in", "like", "between", "exists", "=", "<>",
          "!=", "<", ">", "<=", ">=");

  private static final Set<String> CLOCK =
      Set.of("current_date", "current_timestamp", "localtime", "localtimestamp");

  private static final Set<String> JSON_FUNCTIONS =
      Set.of(
          "to_json",
          "to_jsonb",
          "row_to_json",
          "json_build_object",
          "jsonb_build_object",
          "json_object",
          "jsonb_object",
          "jsonb_set",
          "jsonb_strip_nulls");

  private final Set<String> relations;

  private FeatureForms(Set<String> relations) {
    this.relations = relations;
  }

  /** For a statement with that FROM clause. */
  static FeatureForms of(SqlTokens tokens, @Nullable TokenRange from) {
    if (from == null) {
      return NO_ROWS;
    }
    Set<String> names = new HashSet<>();
    collect(tokens, from, names);
    return new FeatureForms(names);
  }

  /** What conditions and arguments name is no relation, and may be a column of features. */
  private static void collect(SqlTokens tokens, TokenRange from, Set<String> names) {
    boolean condition = false;
    for (int i = from.from(); i < from.to(); i = tokens.skip(i)) {
      condition = tokens.word(i, "on") || condition && !isJoin(tokens, i);
      if (condition) {
        continue;
      }
      if (tokens.name(i)) {
        names.add(tokens.identifier(i));
      }
      boolean begins = i == from.from() || tokens.word(i - 1, "join") || !tokens.name(i - 1);
      if (begins && tokens.is(i, TokenKind.LEFT_PAREN) && !isQuery(tokens, i + 1)) {
        collect(tokens, new TokenRange(i + 1, tokens.partner(i)), names);
      }
    }
  }

  /** Whether a relation follows. */
  private static boolean isJoin(SqlTokens tokens, int token) {
    return tokens.word(token, "join") || tokens.slice(token).equals(",");
  }

  /** What a subquery calls its columns are no names of rows. */
  private static boolean isQuery(SqlTokens tokens, int token) {
    return tokens.word(token, "select")
        || tokens.word(token, "with")
        || tokens.word(token, "values");
  }

  /** The form of the argument. */
  FeatureForm of(
      SqlTokens tokens, ArgumentReader reader, TokenRange argument, ParameterTypes types) {
    TokenRange inner = reader.unwrap(argument);
    SelectShape query = inner.size() < argument.size() ? SelectShape.of(tokens, inner) : null;
    if (query == null) {
      return ofValue(tokens, reader, argument, types);
    }
    if (query.items().size() == 1 && !query.has(Clause.SET_OPERATION)) {
      TokenRange item = query.items().getFirst().expression();
      FeatureForm form = besides(tokens, query.clause(Clause.FROM)).of(tokens, reader, item, types);
      if (form == FeatureForm.NAMED || form == FeatureForm.RECORD) {
        return form;
      }
    }
    // The commas of a subquery do not make a record of it.
    FeatureForm form = ofValue(tokens, reader, argument, types);
    return form == FeatureForm.RECORD ? FeatureForm.NAMED : form;
  }

  /** What an item of a subquery may name: also the relations of its own FROM. */
  private FeatureForms besides(SqlTokens tokens, @Nullable TokenRange from) {
    Set<String> names = new HashSet<>(relations);
    if (from != null) {
      collect(tokens, from, names);
    }
    return new FeatureForms(names);
  }

  private FeatureForm ofValue(
      SqlTokens tokens, ArgumentReader reader, TokenRange argument, ParameterTypes types) {
    TokenRange inner = reader.unwrap(argument);
    if (isRecord(tokens, inner, argument)) {
      return FeatureForm.RECORD;
    }
    ArgumentReader.Cast cast = reader.castOf(inner);
    if (cast != null) {
      return cast.type().equals("record")
          ? of(tokens, reader, cast.value(), types)
          : FeatureTypes.form(cast.type());
    }
    boolean named =
        isRow(tokens, inner)
            || isJsonCall(tokens, inner)
            || isOfNoNumbers(tokens, reader, inner)
            || isJson(reader.read(inner), types);
    if (named) {
      return FeatureForm.NAMED;
    }
    return isColumn(tokens, inner) || mayBeJson(tokens, inner) || isCall(tokens, inner)
        ? FeatureForm.TYPED
        : FeatureForm.ARRAY;
  }

  /** {@code (a, b)} and {@code ROW(a, b)}. */
  private static boolean isRecord(SqlTokens tokens, TokenRange inner, TokenRange whole) {
    boolean row =
        tokens.word(inner.from(), "row")
            && tokens.is(inner.from() + 1, TokenKind.LEFT_PAREN)
            && tokens.partner(inner.from() + 1) == inner.to() - 1;
    return row
        || (inner.size() < whole.size()
            && tokens.commaSeparated(inner.from(), inner.to()).size() > 1);
  }

  /** {@code t}, {@code s.t}, {@code t.*}. */
  private boolean isRow(SqlTokens tokens, TokenRange inner) {
    int last = inner.to() - 1;
    if (inner.size() > 2 && tokens.operator(last, "*") && tokens.name(inner.from())) {
      return true;
    }
    return isColumn(tokens, inner) && relations.contains(tokens.identifier(last));
  }

  /** {@code x}, {@code t.x}, {@code s.t.x}. */
  static boolean isColumn(SqlTokens tokens, TokenRange inner) {
    for (int i = inner.from(); i < inner.to(); i++) {
      boolean name = (i - inner.from()) % 2 == 0;
      if (name ? !tokens.name(i) : !tokens.slice(i).equals(".")) {
        return false;
      }
    }
    return tokens.name(inner.to() - 1);
  }

  /** {@code x -> 'features' || y}. */
  private static boolean mayBeJson(SqlTokens tokens, TokenRange inner) {
    boolean part = false;
    for (int i = inner.from(); i < inner.to(); i++) {
      part |= tokens.operator(i, "->") || tokens.operator(i, "#>") || tokens.operator(i, "||");
    }
    return part && !hasParameter(tokens, inner);
  }

  /** {@code f(x)}, {@code s.f(x)}: what a function makes of something, no text tells. */
  private static boolean isCall(SqlTokens tokens, TokenRange inner) {
    int open = inner.from();
    while (open < inner.to() && !tokens.is(open, TokenKind.LEFT_PAREN)) {
      open++;
    }
    return open > inner.from()
        && open < inner.to()
        && isColumn(tokens, new TokenRange(inner.from(), open))
        && tokens.partner(open) == inner.to() - 1
        && inner.to() - open > 2
        && !hasParameter(tokens, inner);
  }

  /** The server would have to find the type of one. */
  private static boolean hasParameter(SqlTokens tokens, TokenRange inner) {
    for (int i = inner.from(); i < inner.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        return true;
      }
    }
    return false;
  }

  /** An array with an element that is a condition, or a time: then all are. */
  private static boolean isOfNoNumbers(SqlTokens tokens, ArgumentReader reader, TokenRange inner) {
    int open = inner.from() + 1;
    if (!tokens.word(inner.from(), "array") || !tokens.is(open, TokenKind.LEFT_BRACKET)) {
      return false;
    }
    return tokens.commaSeparated(open + 1, tokens.partner(open)).stream()
        .anyMatch(element -> isCondition(tokens, element) || isTime(tokens, reader, element));
  }

  /** {@code x::date}, {@code date '2024-01-31'}, {@code current_date}, {@code now()}. */
  private static boolean isTime(SqlTokens tokens, ArgumentReader reader, TokenRange element) {
    TokenRange inner = reader.unwrap(element);
    ArgumentReader.Cast cast = reader.castOf(inner);
    if (cast != null) {
      return FeatureTypes.time(cast.type());
    }
    int last = inner.to() - 1;
    String first = tokens.slice(inner.from()).toLowerCase(Locale.ROOT);
    if (tokens.is(last, TokenKind.STRING)) {
      return inner.size() > 1
          && FeatureTypes.time(reader.typeName(new TokenRange(inner.from(), last)));
    }
    return inner.size() == 1 ? CLOCK.contains(first) : inner.size() == 3 && first.equals("now");
  }

  /**
   * Whether it is one by what stands outside of brackets. A CASE may hold one and be a number; were
   * a number taken for one, it would be sent as JSON, which is the same but slower.
   */
  private static boolean isCondition(SqlTokens tokens, TokenRange element) {
    boolean found = false;
    for (int i = element.from(); i < element.to(); i = tokens.skip(i)) {
      if (tokens.word(i, "case")) {
        return false;
      }
      found |= CONDITIONS.contains(tokens.slice(i).toLowerCase(Locale.ROOT));
    }
    return found;
  }

  private static boolean isJsonCall(SqlTokens tokens, TokenRange inner) {
    int open = inner.from() + 1;
    return tokens.name(inner.from())
        && JSON_FUNCTIONS.contains(tokens.identifier(inner.from()))
        && tokens.is(open, TokenKind.LEFT_PAREN)
        && tokens.partner(open) == inner.to() - 1;
  }

  private static boolean isJson(Argument argument, ParameterTypes types) {
    if (!(argument instanceof Argument.Bound bound)) {
      return false;
    }
    int declared = types.declared(bound.index());
    return declared == Oid.JSON || declared == Oid.JSONB;
  }
}
