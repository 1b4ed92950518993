package org.pglynx.proxy.ml;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.PgErrorException;

/** One SELECT with its calls replaced by their features. Used once. */
final class SelectRewrite {
  private static final Pattern PARAMETER = Pattern.compile("\\$[0-9]");

  private final SqlTokens tokens;
  private final TokenRange statement;
  private final SelectShape shape;
  private final ParameterTypes types;
  private final FeatureForms forms;
  private final TextEdits edits;
  private final FeatureCasts casts;
  private final FeatureSql sql;
  private final PredictedItems items;
  private @Nullable FunctionCall orderedBy;
  private RewritePlan.@Nullable Top top;

  /**
   * Of a statement.
   *
   * @param copied whether it is the query of a COPY
   */
  SelectRewrite(
      SqlTokens tokens,
      TokenRange statement,
      SelectShape shape,
      int[] declaredTypes,
      boolean copied) {
    this.tokens = tokens;
    this.statement = statement;
    this.shape = shape;
    this.types = new ParameterTypes(declaredTypes);
    this.forms = FeatureForms.of(tokens, shape.clause(Clause.FROM));
    this.edits = new TextEdits(tokens.text());
    this.casts = new FeatureCasts(tokens);
    this.items = new PredictedItems(tokens, shape.items());
    this.sql = new FeatureSql(tokens, types, copied || items.haveStar());
  }

  /** Replaces the calls; false if the statement does more with one than to show and order it. */
  boolean replace(List<FunctionCall> found) throws PgErrorException {
    TokenRange order = shape.clause(Clause.ORDER);
    for (FunctionCall call : found) {
      boolean ordering = order != null && order.contains(call.range());
      if (ordering && orderedBy != null || !ordering && !replaceItem(call)) {
        return false;
      }
      orderedBy = ordering ? call : orderedBy;
    }
    OutputReferences references = items.references();
    if (references.in(shape.clause(Clause.GROUP))) {
      return false;
    }
    return order == null || orderedBy == null && !references.in(order) || replaceOrder(order);
  }

  /** The server's text. */
  String sql() {
    return edits.result();
  }

  /** Whether the prediction decides on which rows are wanted. */
  boolean picksRows() {
    return top != null;
  }

  /** What becomes of the server's rows. */
  RewritePlan plan(@Nullable CopyFormat copy) {
    short[] formats = copy == null ? items.serverFormats() : Formats.ALL_TEXT;
    return new RewritePlan(
        items.columns(), neededTypes(), top, copy, formats, parameters(), edits.positions(), casts);
  }

  private boolean parameters() {
    return PARAMETER.matcher(tokens.slice(statement.from(), statement.to())).find();
  }

  // ---- items of the select list --------------------------------------------------------------

  private boolean replaceItem(FunctionCall call) throws PgErrorException {
    int index = items.index(call);
    PredictCall prediction = index < 0 || items.betweenStars(index) ? null : prediction(call);
    if (prediction == null) {
      return false;
    }
    boolean aliased = shape.items().get(index).range().to() != call.range().to();
    edit(prediction, aliased ? "" : " AS " + call.function());
    items.add(prediction, index);
    return true;
  }

  /** The call, if the proxy can answer it row by row; else null. */
  private @Nullable PredictCall prediction(FunctionCall call) throws PgErrorException {
    PgmlFunction function = PgmlFunction.named(call.function());
    if (function == null || !function.predicts()) {
      return null;
    }
    PredictCall prediction = PredictCall.of(function, call, tokens, types, forms);
    return prediction == null
            || (prediction.selector() instanceof ModelSelector.Fixed fixed && fixed.model() == null)
        ? null
        : prediction;
  }

  // ---- replacing -----------------------------------------------------------------------------

  /** Replaces what stands around the features, so that these keep their places in the text. */
  private void edit(PredictCall prediction, String alias) {
    FunctionCall call = prediction.call();
    TokenRange features = prediction.features();
    edits.replace(
        tokens.start(call.range().from()), tokens.start(features.from()), sql.before(prediction));
    edits.replace(
        tokens.end(features.to() - 1),
        tokens.end(call.range().to() - 1),
        sql.behind(prediction) + alias,
        tokens.start(call.range().from()));
    casts.add(call, features);
  }

  // ---- ORDER BY ------------------------------------------------------------------------------

  /** Takes ORDER BY a prediction and LIMIT out: the proxy sees to both. */
  private boolean replaceOrder(TokenRange order) throws PgErrorException {
    TopClause clause = TopClause.of(tokens, order, statement.to());
    if (clause == null || clause.tooMany()) {
      return false;
    }
    FunctionCall call = orderedBy;
    int column = call == null ? items.referenced(clause.key()) : items.called(call, clause.key());
    boolean hidden = false;
    if (column < 0 && call != null) {
      column = appendHidden(call, clause.key());
      hidden = true;
    }
    if (column < 0
        || items.columns().get(column).function() != PgmlFunction.PREDICT
        || !items.onlyCompute(hidden ? -1 : column)) {
      return false;
    }
    count(clause.limit());
    count(clause.offset());
    edits.replace(
        tokens.start(clause.range().from()),
        tokens.end(clause.range().to() - 1),
        clause.replacement());
    top = new RewritePlan.Top(column, hidden, clause);
    return true;
  }

  private void count(TopClause.Count count) throws PgErrorException {
    if (count.parameter() >= 0) {
      types.use(count.parameter(), ArgumentType.BIGINT);
    }
  }

  /** Selects what rows are ordered by as a last column; gives its index, or -1. */
  private int appendHidden(FunctionCall call, TokenRange key) throws PgErrorException {
    PredictCall prediction = key.equals(call.range()) ? prediction(call) : null;
    if (prediction == null || shape.items().isEmpty()) {
      return -1;
    }
    int at = tokens.end(shape.items().get(shape.items().size() - 1).range().to() - 1);
    edits.replace(at, at, ", " + sql.whole(prediction), tokens.start(call.range().from()));
    casts.add(call, prediction.features());
    return items.addHidden(prediction);
  }

  // ---- parameters ----------------------------------------------------------------------------

  private int[] neededTypes() {
    int last = -1;
    for (PredictColumn column : items.columns()) {
      if (column.selector() instanceof ModelSelector.Bound bound) {
        last = Math.max(last, bound.index());
      }
    }
    if (top != null) {
      last = Math.max(last, top.clause().limit().parameter());
      last = Math.max(last, top.clause().offset().parameter());
    }
    int[] needed = new int[last + 1];
    for (int i = 0; i <= last; i++) {
      needed[i] = types.type(i);
    }
    return needed;
  }
}
