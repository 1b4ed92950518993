package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Formats;

/** The items of a select list, and which of the result's columns are predictions. */
final class PredictedItems {
  private final SqlTokens tokens;
  private final List<SelectItem> items;
  private final List<PredictColumn> columns = new ArrayList<>();
  private final List<FunctionCall> calls = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private boolean hidden;

  PredictedItems(SqlTokens tokens, List<SelectItem> items) {
    this.tokens = tokens;
    this.items = items;
  }

  /** The item of the index is a prediction. */
  void add(PredictCall prediction, int index) {
    FunctionCall call = prediction.call();
    OutputItem output = OutputItem.of(tokens, items.get(index), call);
    names.add(output == null ? call.function() : output.name());
    columns.add(column(prediction, position(index)));
    calls.add(call);
  }

  /** A last column, which the client does not see, is one; gives its index among them. */
  int addHidden(PredictCall prediction) {
    columns.replaceAll(PredictedItems::oneFurther);
    columns.add(column(prediction, -1));
    hidden = true;
    return columns.size() - 1;
  }

  /** The predicted columns. */
  List<PredictColumn> columns() {
    return List.copyOf(columns);
  }

  /** What refers to them. */
  OutputReferences references() {
    return new OutputReferences(tokens, columns(), Set.copyOf(names));
  }

  /** Whether an item expands to all columns. */
  boolean haveStar() {
    return items.stream().anyMatch(SelectItem::star);
  }

  /** Features in binary, the rest in text; none if it is not known how many columns there are. */
  short[] serverFormats() {
    if (haveStar()) {
      return Formats.ALL_TEXT;
    }
    short[] formats = new short[items.size() + (hidden ? 1 : 0)];
    for (PredictColumn column : columns) {
      if (column.form() == FeatureForm.ARRAY || column.form() == FeatureForm.TYPED) {
        formats[column.index(formats.length)] = Formats.BINARY;
      }
    }
    return formats;
  }

  /** Index of the item that is the call and nothing more, or -1. */
  int index(FunctionCall call) {
    for (int i = 0; i < items.size(); i++) {
      if (OutputItem.of(tokens, items.get(i), call) != null) {
        return i;
      }
    }
    return -1;
  }

  /** Between items that expand to all columns an item's place is known from neither side. */
  boolean betweenStars(int index) {
    return items.subList(0, index).stream().anyMatch(SelectItem::star)
        && items.subList(index, items.size()).stream().anyMatch(SelectItem::star);
  }

  /** The column's place among the result's, see {@link PredictColumn}. */
  private int position(int index) {
    boolean starBefore = items.subList(0, index).stream().anyMatch(SelectItem::star);
    return starBefore ? index - items.size() : index;
  }

  /**
   * Whether nothing is selected that may do something: without LIMIT the server evaluates the items
   * for all rows. What rows are ordered by it evaluates for all in any case.
   *
   * @param key the column that rows are ordered by, or -1 if it is none of the items
   */
  boolean onlyCompute(int key) {
    for (SelectItem item : items) {
      FunctionCall call = predicted(item);
      if (call == null) {
        if (!SteadyFunctions.suffice(text(item.range()))) {
          return false;
        }
      } else if (calls.indexOf(call) != key
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

  /** The predicted column whose name or number the key is, or -1. */
  int referenced(TokenRange key) {
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
    OutputItem output = OutputItem.of(tokens, items.get(index(call)), call);
    return output == null ? call.function() : output.name();
  }

  /** The predicted column that is written like the key, or -1. */
  int called(FunctionCall call, TokenRange key) {
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
}
