package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
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
  private final List<PredictColumn> columns = new ArrayList<>();
  private final List<FunctionCall> calls = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
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
    this.sql = new FeatureSql(tokens, types, copied || hasStar());
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
    OutputReferences references = new OutputReferences(tokens, columns, names);
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
    short[] formats = copy == null ? serverFormats() : Formats.ALL_TEXT;
    return new RewritePlan(
        List.copyOf(columns),
        neededTypes(),
        top,
        copy,
        formats,
        parameters(),
        edits.positions(),
        casts);
  }

  /** Features in binary, the rest in text; none if it is not known how many columns there are. */
  private short[] serverFormats() {
    if (hasStar()) {
      return Formats.ALL_TEXT;
    }
    boolean hidden = top != null && top.hidden();
    short[] formats = new short[shape.items().size() + (hidden ? 1 : 0)];
    for (PredictColumn column : columns) {
      if (column.form() == FeatureForm.ARRAY || column.form() == FeatureForm.TYPED) {
        formats[column.index(formats.length)] = Formats.BINARY;
      }
    }
    return formats;
  }

  private boolean hasStar() {
    return shape.items().stream().anyMatch(SelectItem::star);
  }

  private boolean parameters() {
    return PARAMETER.matcher(text(statement)).find();
  }

  // ---- items of the select list --------------------------------------------------------------

  private boolean replaceItem(FunctionCall call) throws PgErrorException {
    int index = itemIndex(call);
    PredictCall prediction = index < 0 || betweenStars(index) ? null : prediction(call);
    if (prediction == null) {
      return false;
    }
    SelectItem item = shape.items().get(index);
    boolean aliased = item.range().to() != call.range().to();
    OutputItem output = OutputItem.of(tokens, item, call);
    names.add(output == null ? call.function() : output.name());
    edit(prediction, aliased ? "" : " AS " + call.function());
    columns.add(column(prediction, position(index)));
    calls.add(call);
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

  /** Index of the item that is the call and nothing more, or -1. */
  private int itemIndex(FunctionCall call) {
    for (int i = 0; i < shape.items().size(); i++) {
      if (OutputItem.of(tokens, shape.items().get(i), call) != null) {
        return i;
      }
    }
    return -1;
  }

  /** Between items that expand to all columns an item's place is known from neither side. */
  private boolean betweenStars(int index) {
    List<SelectItem> items = shape.items();
    return items.subList(0, index).stream().anyMatch(SelectItem::star)
        && items.subList(index, items.size()).stream().anyMatch(SelectItem::star);
  }

  /** The column's place among the result's, see {@link PredictColumn}. */
  private int position(int index) {
    List<SelectItem> items = shape.items();
    boolean starBefore = items.subList(0, index).stream().anyMatch(SelectItem::star);
    return starBefore ? index - items.size() : index;
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
    int column = call == null ? referenced(clause.key()) : called(call, clause.key());
    boolean hidden = false;
    if (column < 0 && call != null) {
      column = appendHidden(call, clause.key());
      hidden = true;
    }
    if (column < 0
        || columns.get(column).function() != PgmlFunction.PREDICT
        || !onlyComputes(hidden ? null : calls.get(column))) {
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

  /**
   * Whether nothing is selected that may do something: without LIMIT the server evaluates the items
   * for all rows. What rows are ordered by it evaluates for all in any case.
   */
  private boolean onlyComputes(@Nullable FunctionCall key) {
    for (SelectItem item : shape.items()) {
      FunctionCall call = predicted(item);
      if (call == null) {
        if (!SteadyFunctions.suffice(text(item.range()))) {
          return false;
        }
      } else if (!call.equals(key)
          && !call.arguments().stream().allMatch(a -> SteadyFunctions.suffice(text(a.value())))) {
        return false;
      }
    }
    return true;
  }

  private @Nullable FunctionCall predicted(SelectItem item) {
    return calls.stream()
        .filter(call -> item.range().contains(call.range()))
        .findFirst()
        .orElse(null);
  }

  private String text(TokenRange range) {
    return tokens.slice(range.from(), range.to());
  }

  private void count(TopClause.Count count) throws PgErrorException {
    if (count.parameter() >= 0) {
      types.use(count.parameter(), ArgumentType.BIGINT);
    }
  }

  /** The predicted column whose name or number the key is, or -1. */
  private int referenced(TokenRange key) {
    if (key.size() != 1) {
      return -1;
    }
    for (int i = 0; i < columns.size(); i++) {
      List<PredictColumn> one = List.of(columns.get(i));
      if (columns.get(i).position() >= 0
          && new OutputReferences(tokens, one, Set.of(outputName(i)))
              .in(new TokenRange(key.from() - 1, key.to()))) {
        return i;
      }
    }
    return -1;
  }

  private String outputName(int column) {
    FunctionCall call = calls.get(column);
    OutputItem output = OutputItem.of(tokens, shape.items().get(itemIndex(call)), call);
    return output == null ? call.function() : output.name();
  }

  /** The predicted column that is written like the key, or -1. */
  private int called(FunctionCall call, TokenRange key) {
    for (int i = 0; i < calls.size(); i++) {
      if (key.equals(call.range()) && sameText(calls.get(i).range(), key)) {
        return i;
      }
    }
    return -1;
  }

  private boolean sameText(TokenRange one, TokenRange other) {
    boolean same = one.size() == other.size();
    for (int i = 0; same && i < one.size(); i++) {
      same = tokens.slice(one.from() + i).equals(tokens.slice(other.from() + i));
    }
    return same;
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
    columns.replaceAll(SelectRewrite::oneFurther);
    columns.add(column(prediction, -1));
    return columns.size() - 1;
  }

  /** Columns that are counted from the back have one more behind them. */
  private static PredictColumn oneFurther(PredictColumn column) {
    return column.position() >= 0 ? column : column.at(column.position() - 1);
  }

  private PredictColumn column(PredictCall prediction, int position) {
    FunctionCall call = prediction.call();
    return new PredictColumn(
        prediction.function(),
        prediction.selector(),
        prediction.form(),
        position,
        type -> FeatureCasts.refusal(tokens, call, prediction.features(), type));
  }

  // ---- parameters ----------------------------------------------------------------------------

  private int[] neededTypes() {
    int last = -1;
    for (PredictColumn column : columns) {
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
