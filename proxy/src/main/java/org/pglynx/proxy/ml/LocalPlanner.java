package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/** Plans statements that are nothing but calls: {@code SELECT f(…)}, {@code SELECT * FROM f(…)}. */
final class LocalPlanner implements StatementPlanner.CallPlanner {
  private final Answers answers;
  private final ServiceCalls services;

  LocalPlanner(Answers answers) {
    this.answers = answers;
    this.services = new ServiceCalls(answers);
  }

  @Override
  public Decision extension(ExtensionStatement statement) {
    return new Decision.Answer(answers.extension(statement));
  }

  @Override
  public @Nullable Decision alone(
      SqlTokens tokens,
      TokenRange statement,
      SelectShape shape,
      List<FunctionCall> found,
      int[] declaredTypes)
      throws PgErrorException {
    FunctionCall only = onlyService(found);
    if (only != null) {
      return found.size() > 1 ? null : service(tokens, shape, only, declaredTypes);
    }
    if (found.stream().anyMatch(LocalPlanner::isBatch)) {
      return found.size() > 1 ? null : batch(tokens, shape, found.get(0), declaredTypes);
    }
    List<OutputItem> items = items(tokens, shape, found);
    return items == null
        ? tableOfOne(tokens, shape, found, declaredTypes)
        : predictions(tokens, items, declaredTypes);
  }

  /** The call of train, deploy, load_dataset and the like, which runs once and alone. */
  private static @Nullable FunctionCall onlyService(List<FunctionCall> found)
      throws PgErrorException {
    for (FunctionCall call : found) {
      PgmlFunction function = PgmlFunction.named(call.function());
      if (function != null && !function.inDatabase()) {
        if (found.size() > 1 && !GivenPlanner.gives(call)) {
          throw Refusals.notAlone(call.function()).toException();
        }
        return call;
      }
    }
    return null;
  }

  private static boolean isBatch(FunctionCall call) {
    return PgmlFunction.named(call.function()) == PgmlFunction.PREDICT_BATCH;
  }

  /** The call that is all of the statement; null if its rows can be given to a larger one. */
  private @Nullable Decision service(
      SqlTokens tokens, SelectShape shape, FunctionCall call, int[] declaredTypes)
      throws PgErrorException {
    LocalStatement statement =
        services.statement(
            tokens,
            call,
            signature -> form(tokens, shape, call, signature),
            new ParameterTypes(declaredTypes));
    if (statement != null) {
      return new Decision.Answer(statement);
    }
    if (GivenPlanner.gives(call)) {
      return null;
    }
    throw Refusals.notAlone(call.function()).toException();
  }

  /** A batch that needs no server; null if the features do, or what becomes of the result. */
  private @Nullable Decision batch(
      SqlTokens tokens, SelectShape shape, FunctionCall call, int[] declaredTypes)
      throws PgErrorException {
    ParameterTypes types = new ParameterTypes(declaredTypes);
    PredictCall bound =
        PredictCall.of(PgmlFunction.PREDICT_BATCH, call, tokens, types, FeatureForms.NO_ROWS);
    Features known = bound == null ? null : bound.known();
    boolean array = ServiceCalls.namesModel(call, tokens, types);
    RowForm form =
        form(
            tokens,
            shape,
            call,
            array ? Signatures.PREDICT_BATCH_OF_MODEL : Signatures.PREDICT_BATCH);
    if (bound == null || form == null || known == null) {
      return null;
    }
    return new Decision.Answer(
        answers.batch(bound.selector(), known, form, array, types.complete()));
  }

  private static @Nullable RowForm form(
      SqlTokens tokens, SelectShape shape, FunctionCall call, Signature signature) {
    TokenRange from = shape.clause(Clause.FROM);
    if (!plain(shape, from != null)) {
      return null;
    }
    if (from == null) {
      List<OutputItem> items = items(tokens, shape, List.of(call));
      if (items == null || items.size() != 1) {
        return null;
      }
      String name = items.get(0).name();
      return signature.columns().size() == 1
          ? RowForm.table(signature.columns(), List.of(name), List.of(0))
          : RowForm.composite(signature.columns(), name);
    }
    return isCallWithAlias(tokens, from, call)
        ? projection(tokens, shape, signature, relation(tokens, from, call))
        : null;
  }

  /** What the call's rows are called. */
  private static String relation(SqlTokens tokens, TokenRange from, FunctionCall call) {
    boolean alias = from.to() > call.range().to();
    return alias ? tokens.identifier(from.to() - 1) : call.function();
  }

  /** No clause but FROM, which is there or not as it should be. */
  private static boolean plain(SelectShape shape, boolean from) {
    for (Clause clause : Clause.values()) {
      if (shape.has(clause) != (from && clause == Clause.FROM)) {
        return false;
      }
    }
    return !shape.distinct();
  }

  /** {@code f(…)}, {@code f(…) t} or {@code f(…) AS t}. */
  private static boolean isCallWithAlias(SqlTokens tokens, TokenRange from, FunctionCall call) {
    if (from.from() != call.range().from()) {
      return false;
    }
    int behind = call.range().to();
    int name = tokens.word(behind, "as") ? behind + 1 : behind;
    return from.to() == behind || (from.to() == name + 1 && tokens.name(name));
  }

  /** {@code *} or some of the columns by name, with the relation's or without. */
  private static @Nullable RowForm projection(
      SqlTokens tokens, SelectShape shape, Signature signature, String relation) {
    List<String> names = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    for (SelectItem item : shape.items()) {
      if (item.star()) {
        for (int i = 0; i < signature.columns().size(); i++) {
          names.add(signature.columns().get(i).name());
          indexes.add(i);
        }
        continue;
      }
      int index = columnIndex(signature, column(tokens, item.expression(), relation));
      if (index < 0) {
        return null;
      }
      names.add(item.alias().isEmpty() ? signature.columns().get(index).name() : item.alias());
      indexes.add(index);
    }
    return RowForm.table(signature.columns(), names, indexes);
  }

  /** The name of {@code column} or {@code relation.column}; empty for anything else. */
  private static String column(SqlTokens tokens, TokenRange expression, String relation) {
    int last = expression.to() - 1;
    boolean qualified =
        expression.size() == 3
            && tokens.name(expression.from())
            && tokens.identifier(expression.from()).equals(relation)
            && tokens.slice(expression.from() + 1).equals(".");
    return (qualified || expression.size() == 1) && tokens.name(last)
        ? tokens.identifier(last)
        : "";
  }

  private static int columnIndex(Signature signature, String name) {
    List<Column> columns = signature.columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** The select list if there is nothing else and each item is a call, else null. */
  private static @Nullable List<OutputItem> items(
      SqlTokens tokens, SelectShape shape, List<FunctionCall> found) {
    if (!plain(shape, false) || shape.items().size() != found.size()) {
      return null;
    }
    List<OutputItem> items = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      OutputItem item = OutputItem.of(tokens, shape.items().get(i), found.get(i));
      if (item == null) {
        return null;
      }
      items.add(item);
    }
    return items;
  }

  /** {@code SELECT * FROM pgml.predict(…)}. */
  private @Nullable Decision tableOfOne(
      SqlTokens tokens, SelectShape shape, List<FunctionCall> found, int[] declaredTypes)
      throws PgErrorException {
    TokenRange from = shape.clause(Clause.FROM);
    FunctionCall call = found.get(0);
    if (found.size() != 1
        || from == null
        || !plain(shape, true)
        || shape.items().size() != 1
        || !shape.items().get(0).star()
        || !isCallWithAlias(tokens, from, call)) {
      return null;
    }
    return predictions(tokens, List.of(new OutputItem(call, call.function())), declaredTypes);
  }

  /** Predictions that need no server; null if a feature does. */
  private @Nullable Decision predictions(
      SqlTokens tokens, List<OutputItem> items, int[] declaredTypes) throws PgErrorException {
    ParameterTypes types = new ParameterTypes(declaredTypes);
    List<PredictStatement.Item> parts = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (OutputItem item : items) {
      PgmlFunction function = PgmlFunction.named(item.call().function());
      if (function == null) {
        throw new IllegalArgumentException(item.call().function());
      }
      PredictCall call = PredictCall.of(function, item.call(), tokens, types, FeatureForms.NO_ROWS);
      Features known = call == null ? null : call.known();
      if (call == null || known == null) {
        return null;
      }
      parts.add(new PredictStatement.Item(function, call.selector(), known));
      columns.add(call.column(item.name()));
    }
    return new Decision.Answer(answers.predictions(parts, columns, types.complete()));
  }
}
