package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectParser;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Plans predictions as items of a select list over relations: each call is replaced by its features
 * as real[], or as JSON where they are a row, and the rows' features by predictions on their way
 * back.
 */
final class RewritePlanner {
  private final Answers answers;

  RewritePlanner(Answers answers) {
    this.answers = answers;
  }

  /** The rewriting, or why there is none. */
  Decision plan(
      SqlTokens tokens,
      TokenRange statement,
      SelectShape shape,
      List<FunctionCall> found,
      int[] declaredTypes)
      throws PgErrorException {
    ParameterTypes types = new ParameterTypes(declaredTypes);
    TextEdits edits = new TextEdits(tokens.text());
    List<PredictColumn> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    FeatureForms forms = FeatureForms.of(tokens, shape.clause(Clause.FROM));
    for (FunctionCall call : found) {
      int index = itemIndex(tokens, shape, call);
      if (index < 0) {
        throw Refusals.place(call, placeOf(tokens, statement, shape, call)).toException();
      }
      SelectItem item = shape.items().get(index);
      PredictCall prediction = predictCall(call, tokens, types, forms);
      columns.add(
          new PredictColumn(
              prediction.function(),
              prediction.selector(),
              prediction.form(),
              position(shape, index, call)));
      OutputItem output = OutputItem.of(tokens, item, call);
      if (output != null) {
        names.add(output.name());
        edit(edits, tokens, prediction, types, !output.aliased(item));
      }
    }
    checkClauses(tokens, shape, found.get(0), columns, names);
    checkReading(tokens, statement, shape, found.get(0));
    return new Decision.Rewrite(
        edits.result(), answers.rewrite(columns, selectorTypes(columns, types)));
  }

  private static PredictCall predictCall(
      FunctionCall call, SqlTokens tokens, ParameterTypes types, FeatureForms forms)
      throws PgErrorException {
    PgmlFunction function = PgmlFunction.named(call.function());
    if (function == null || !function.predicts()) {
      throw Refusals.notAlone(call.function()).toException();
    }
    PredictCall prediction = PredictCall.of(function, call, tokens, types, forms);
    if (prediction.selector() instanceof ModelSelector.Fixed fixed && fixed.model() == null) {
      throw Refusals.computedProject(call.function()).toException();
    }
    return prediction;
  }

  /** Index of the item that is the call and nothing more, or -1. */
  private static int itemIndex(SqlTokens tokens, SelectShape shape, FunctionCall call) {
    for (int i = 0; i < shape.items().size(); i++) {
      if (OutputItem.of(tokens, shape.items().get(i), call) != null) {
        return i;
      }
    }
    return -1;
  }

  /** The column's place among the result's, see {@link PredictColumn}. */
  private static int position(SelectShape shape, int index, FunctionCall call)
      throws PgErrorException {
    List<SelectItem> items = shape.items();
    if (items.subList(0, index).stream().noneMatch(SelectItem::star)) {
      return index;
    }
    if (items.subList(index, items.size()).stream().noneMatch(SelectItem::star)) {
      return index - items.size();
    }
    throw Refusals.starsAround(call.function()).toException();
  }

  /**
   * Replaces the call. A project that is a parameter stays mentioned, so that the parameters keep
   * their numbers; a NULL one makes the features NULL, as STRICT functions do.
   */
  private static void edit(
      TextEdits edits,
      SqlTokens tokens,
      PredictCall prediction,
      ParameterTypes types,
      boolean nameIt) {
    FunctionCall call = prediction.call();
    TokenRange features = prediction.features();
    String text = tokens.slice(features.from(), features.to());
    String value =
        switch (prediction.form()) {
          case ARRAY -> "(" + text + ")::float4[]";
          case RECORD, NAMED -> "pg_catalog.to_json(" + text + ")::pg_catalog.text";
        };
    if (prediction.selector() instanceof ModelSelector.Bound bound) {
      String type = types.type(bound.index()) == Oid.INT8 ? "bigint" : "text";
      String parameter = "$" + (bound.index() + 1) + "::" + type;
      value = "CASE WHEN " + parameter + " IS NOT NULL THEN " + value + " END";
    }
    String alias = nameIt ? " AS " + call.function() : "";
    edits.replace(
        tokens.start(call.range().from()), tokens.end(call.range().to() - 1), value + alias);
  }

  /** Refuses clauses that work on the prediction itself: the server has only features. */
  private static void checkClauses(
      SqlTokens tokens,
      SelectShape shape,
      FunctionCall call,
      List<PredictColumn> columns,
      Set<String> names)
      throws PgErrorException {
    if (shape.distinct()) {
      throw Refusals.place(call, "SELECT DISTINCT").toException();
    }
    if (shape.has(Clause.SET_OPERATION)) {
      throw Refusals.place(call, "UNION, INTERSECT or EXCEPT").toException();
    }
    if (shape.has(Clause.INTO)) {
      throw Refusals.place(call, "SELECT INTO").toException();
    }
    OutputReferences references = new OutputReferences(tokens, columns, names);
    if (references.in(shape.clause(Clause.ORDER))) {
      throw Refusals.place(call, "ORDER BY").toException();
    }
    if (references.in(shape.clause(Clause.GROUP))) {
      throw Refusals.place(call, "GROUP BY").toException();
    }
  }

  private static void checkReading(
      SqlTokens tokens, TokenRange statement, SelectShape shape, FunctionCall call)
      throws PgErrorException {
    String text = tokens.slice(statement.from(), statement.to());
    switch (SelectParser.check(text, shape)) {
      case AGREES, NONE -> {}
      case DISAGREES -> throw Refusals.doubtfulShape(call.function()).toException();
    }
  }

  /** Types of the parameters that select models; the others are the server's. */
  private static int[] selectorTypes(List<PredictColumn> columns, ParameterTypes types) {
    int last = -1;
    for (PredictColumn column : columns) {
      if (column.selector() instanceof ModelSelector.Bound bound) {
        last = Math.max(last, bound.index());
      }
    }
    int[] selected = new int[last + 1];
    for (int i = 0; i <= last; i++) {
      selected[i] = types.type(i);
    }
    return selected;
  }

  private static String placeOf(
      SqlTokens tokens, TokenRange statement, SelectShape shape, FunctionCall call) {
    Clause clause = clauseOf(shape, call);
    if (clause != null) {
      return switch (clause) {
        case FROM -> "FROM or a subquery";
        case WHERE, HAVING, WINDOW, INTO, FOR -> clause.name();
        case GROUP -> "GROUP BY";
        case ORDER -> "ORDER BY";
        case LIMIT -> "LIMIT or OFFSET";
        case SET_OPERATION -> "UNION, INTERSECT or EXCEPT";
      };
    }
    boolean inList = shape.items().stream().anyMatch(i -> i.range().contains(call.range()));
    if (inList) {
      return "an expression";
    }
    return tokens.word(statement.from(), "with") ? "a common table (WITH)" : "DISTINCT ON";
  }

  private static @Nullable Clause clauseOf(SelectShape shape, FunctionCall call) {
    for (Clause clause : Clause.values()) {
      TokenRange range = shape.clause(clause);
      if (range != null && range.contains(call.range())) {
        return clause;
      }
    }
    return null;
  }
}
