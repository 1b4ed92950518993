package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.FunctionCall;
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
            new CallOutput(tokens, shape, call)::form,
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
        new CallOutput(tokens, shape, call)
            .form(array ? Signatures.PREDICT_BATCH_OF_MODEL : Signatures.PREDICT_BATCH);
    if (bound == null || form == null || known == null) {
      return null;
    }
    return new Decision.Answer(
        answers.batch(bound.selector(), known, form, array, types.complete()));
  }

  /** The select list if there is nothing else and each item is a call, else null. */
  private static @Nullable List<OutputItem> items(
      SqlTokens tokens, SelectShape shape, List<FunctionCall> found) {
    if (!CallOutput.plain(shape, false) || shape.items().size() != found.size()) {
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
    FunctionCall call = found.get(0);
    if (found.size() != 1 || shape.clause(Clause.FROM) == null) {
      return null;
    }
    String column = new CallOutput(tokens, shape, call).onlyColumn();
    return column == null
        ? null
        : predictions(tokens, List.of(new OutputItem(call, column)), declaredTypes);
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
