package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * What a statement that is one call alone shows of the call's rows: all, some of the columns, or
 * the row as one value.
 */
final class CallOutput {
  private final SqlTokens tokens;
  private final SelectShape shape;
  private final FunctionCall call;

  CallOutput(SqlTokens tokens, SelectShape shape, FunctionCall call) {
    this.tokens = tokens;
    this.shape = shape;
    this.call = call;
  }

  /**
   * The form of the rows; null if the statement does more with them.
   *
   * @throws PgErrorException if it names a column that there is not
   */
  @Nullable RowForm form(Signature signature) throws PgErrorException {
    TokenRange from = shape.clause(Clause.FROM);
    if (!plain(shape, from != null)) {
      return null;
    }
    if (from == null) {
      return shape.items().size() == 1 ? value(shape.items().get(0), signature) : null;
    }
    CallRelation relation = CallRelation.of(tokens, from, call, signature.columns());
    return relation == null ? null : projection(relation, signature);
  }

  /** What the column of {@code SELECT * FROM f(…)} is called, where f gives one value; or null. */
  @Nullable String onlyColumn() throws PgErrorException {
    RowForm form =
        form(new Signature(call.function(), List.of(), List.of(Column.text(call.function()))));
    return form != null && form.columns().size() == 1 ? form.columns().get(0).name() : null;
  }

  /** No clause but FROM, which is there or not as it should be. */
  static boolean plain(SelectShape shape, boolean from) {
    for (Clause clause : Clause.values()) {
      if (shape.has(clause) != (from && clause == Clause.FROM)) {
        return false;
      }
    }
    return !shape.distinct();
  }

  // ---- SELECT f(…) ---------------------------------------------------------------------------

  private @Nullable RowForm value(SelectItem item, Signature signature) throws PgErrorException {
    List<Column> columns = signature.columns();
    OutputItem output = OutputItem.of(tokens, item, call);
    if (output == null) {
      return columns.size() == 1 ? null : field(item, signature);
    }
    return columns.size() == 1
        ? RowForm.table(columns, List.of(output.name()), List.of(0))
        : RowForm.composite(columns, output.name());
  }

  /** {@code (f(…)).*} or {@code (f(…)).column}. */
  private @Nullable RowForm field(SelectItem item, Signature signature) throws PgErrorException {
    TokenRange range = item.range();
    int dot = call.range().to() + 1;
    if (range.from() != call.range().from() - 1
        || !tokens.is(range.from(), TokenKind.LEFT_PAREN)
        || tokens.partner(range.from()) != dot - 1
        || dot + 1 >= range.to()
        || !tokens.is(dot, TokenKind.DOT)) {
      return null;
    }
    if (item.star()) {
      return range.to() == dot + 2 ? RowForm.all(signature.columns()) : null;
    }
    TokenRange named = new TokenRange(dot + 1, item.expression().to());
    String label = label(item, named.from());
    if (label == null || !tokens.name(named.from())) {
      return null;
    }
    int index = names(signature).indexOf(tokens.identifier(named.from()));
    if (index < 0) {
      throw Refusals.noSuchField(signature, tokens.identifier(named.from())).toException();
    }
    return RowForm.table(signature.columns(), List.of(label), List.of(index));
  }

  // ---- SELECT … FROM f(…) --------------------------------------------------------------------

  private @Nullable RowForm projection(CallRelation relation, Signature signature)
      throws PgErrorException {
    List<String> names = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    for (SelectItem item : shape.items()) {
      if (item.star()) {
        if (item.range().size() != 1 && !qualified(item.range(), relation)) {
          return null;
        }
        names.addAll(relation.columns());
        IntStream.range(0, relation.columns().size()).forEach(indexes::add);
        continue;
      }
      int column = column(item.range(), relation);
      String label = column < 0 ? null : label(item, column);
      if (label == null) {
        return null;
      }
      int index = relation.columns().indexOf(tokens.identifier(column));
      if (index < 0) {
        return row(item, relation, signature);
      }
      names.add(label);
      indexes.add(index);
    }
    return RowForm.table(signature.columns(), names, indexes);
  }

  /** The relation's name alone is its row. */
  private @Nullable RowForm row(SelectItem item, CallRelation relation, Signature signature)
      throws PgErrorException {
    TokenRange range = item.range();
    boolean row =
        !tokens.is(range.from() + 1, TokenKind.DOT)
            && tokens.identifier(range.from()).equals(relation.name());
    if (row) {
      String label = label(item, range.from());
      return shape.items().size() == 1 && label != null
          ? RowForm.composite(signature.columns(), label)
          : null;
    }
    PgmlFunction function = PgmlFunction.named(call.function());
    if (function == null || function.inDatabase() || GivenPlanner.gives(call)) {
      // It may be no column at all, and the server says what is wrong with it.
      return null;
    }
    throw Refusals.noSuchColumn(relation, tokens.identifier(column(range, relation))).toException();
  }

  /** The token that names a column, with the relation's name before it or without; or -1. */
  private int column(TokenRange item, CallRelation relation) {
    int first = item.from();
    if (!tokens.name(first)) {
      return -1;
    }
    boolean dotted = item.size() > 1 && tokens.is(first + 1, TokenKind.DOT);
    return dotted ? qualified(item, relation) && tokens.name(first + 2) ? first + 2 : -1 : first;
  }

  private boolean qualified(TokenRange item, CallRelation relation) {
    return item.size() >= 3
        && tokens.name(item.from())
        && tokens.identifier(item.from()).equals(relation.name())
        && tokens.is(item.from() + 1, TokenKind.DOT);
  }

  /** What an item that ends with this name is called: the name or the alias behind it, or null. */
  private @Nullable String label(SelectItem item, int name) {
    int behind = name + 1;
    if (item.expression().to() == behind) {
      return item.alias().isEmpty() ? tokens.identifier(name) : item.alias();
    }
    return item.range().to() == behind + 1 && tokens.name(behind)
        ? tokens.identifier(behind)
        : null;
  }

  private static List<String> names(Signature signature) {
    return signature.columns().stream().map(Column::name).toList();
  }
}
