package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/** Plans statements that are nothing but calls: {@code SELECT f(…)}, {@code SELECT * FROM f(…)}. */
final class LocalPlanner implements StatementPlanner.CallPlanner {
  private final Answers answers;

  LocalPlanner(Answers answers) {
    this.answers = answers;
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
      return service(tokens, shape, only, declaredTypes);
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
        if (found.size() > 1) {
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

  private Decision service(
      SqlTokens tokens, SelectShape shape, FunctionCall call, int[] declaredTypes)
      throws PgErrorException {
    ParameterTypes types = new ParameterTypes(declaredTypes);
    if (PgmlFunction.named(call.function()) == PgmlFunction.EXPLAIN) {
      return explain(tokens, shape, call, types);
    }
    BoundCall bound = bind(call, tokens, types);
    bound.declare(types);
    RowForm form = form(tokens, shape, call, bound.signature());
    if (form == null) {
      throw Refusals.notAlone(call.function()).toException();
    }
    return new Decision.Answer(answers.service(bound, form, types.complete()));
  }

  private Decision explain(
      SqlTokens tokens, SelectShape shape, FunctionCall call, ParameterTypes types)
      throws PgErrorException {
    PredictCall bound =
        PredictCall.of(PgmlFunction.EXPLAIN, call, tokens, types, FeatureForms.NO_ROWS);
    if (bound == null) {
      throw noSuchFunction(tokens, call).toException();
    }
    Features known = bound.known();
    RowForm form = form(tokens, shape, call, Signatures.EXPLAIN);
    if (form == null) {
      throw Refusals.notAlone(call.function()).toException();
    }
    if (known == null) {
      throw Refusals.computedArgument(call.function(), "features").toException();
    }
    return new Decision.Answer(
        answers.explanation(bound.selector(), known, form, types.complete()));
  }

  private static PgError noSuchFunction(SqlTokens tokens, FunctionCall call) {
    ArgumentReader reader = new ArgumentReader(tokens);
    List<Argument> given =
        call.arguments().stream().map(argument -> reader.read(argument.value())).toList();
    return Refusals.noSuchFunction(call, given);
  }

  /** A batch that needs no server; null if the features do, or what becomes of the result. */
  private @Nullable Decision batch(
      SqlTokens tokens, SelectShape shape, FunctionCall call, int[] declaredTypes)
      throws PgErrorException {
    ParameterTypes types = new ParameterTypes(declaredTypes);
    PredictCall bound =
        PredictCall.of(PgmlFunction.PREDICT_BATCH, call, tokens, types, FeatureForms.NO_ROWS);
    Features known = bound == null ? null : bound.known();
    boolean array = namesModel(call, tokens, types);
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

  private static BoundCall bind(FunctionCall call, SqlTokens tokens, ParameterTypes types)
      throws PgErrorException {
    return switch (PgmlFunction.named(call.function())) {
      case TRAIN -> BoundCall.of(Signatures.TRAIN, call, tokens);
      case TRAIN_JOINT -> BoundCall.of(Signatures.TRAIN_JOINT, call, tokens);
      case SNAPSHOT -> BoundCall.of(Signatures.SNAPSHOT, call, tokens);
      case LOAD_DATASET -> BoundCall.of(Signatures.LOAD_DATASET, call, tokens);
      case VERSION -> BoundCall.of(Signatures.VERSION, call, tokens);
      case FEATURE_IMPORTANCE ->
          BoundCall.of(
              namesModel(call, tokens, types)
                  ? Signatures.FEATURE_IMPORTANCE_OF_MODEL
                  : Signatures.FEATURE_IMPORTANCE,
              call,
              tokens);
      case EXPORT_MODEL ->
          BoundCall.of(
              namesModel(call, tokens, types)
                  ? Signatures.EXPORT_MODEL_OF_ID
                  : Signatures.EXPORT_MODEL,
              call,
              tokens);
      case IMPORT_MODEL -> BoundCall.of(Signatures.IMPORT_MODEL, call, tokens);
      case XGBOOST_VERSION -> BoundCall.of(Signatures.XGBOOST_VERSION, call, tokens);
      case CANCEL_TRAINING -> BoundCall.of(Signatures.CANCEL_TRAINING, call, tokens);
      case DEPLOY ->
          BoundCall.of(
              call.arguments().size() == 1 ? Signatures.DEPLOY_MODEL : Signatures.DEPLOY,
              call,
              tokens);
      case PREDICT, PREDICT_LABEL, PREDICT_PROBA, PREDICT_JOINT, DECOMPOSE ->
          throw new IllegalArgumentException(call.function());
      case PREDICT_BATCH, EXPLAIN -> throw new IllegalArgumentException(call.function());
      case null -> throw new IllegalArgumentException(call.function());
    };
  }

  /** Whether the first argument is a model's id rather than a project's name. */
  private static boolean namesModel(FunctionCall call, SqlTokens tokens, ParameterTypes types) {
    if (call.arguments().isEmpty()) {
      return false;
    }
    FunctionCall.CallArgument first = call.arguments().get(0);
    return first.name().equals("model_id")
        || switch (new ArgumentReader(tokens).read(first.value())) {
          case Argument.Literal literal -> isId(literal.typeName());
          case Argument.Bound bound ->
              isId(bound.typeName())
                  || ArgumentType.BIGINT.isExactly(types.declared(bound.index()));
          case Argument.Computed computed -> false;
        };
  }

  private static boolean isId(String typeName) {
    return !typeName.equals("unknown") && ArgumentType.BIGINT.accepts(typeName);
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
    return isCallWithAlias(tokens, from, call) ? projection(tokens, shape, signature) : null;
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

  /** {@code *} or some of the columns by name. */
  private static @Nullable RowForm projection(
      SqlTokens tokens, SelectShape shape, Signature signature) {
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
      TokenRange expression = item.expression();
      int index =
          expression.size() == 1 && tokens.name(expression.from())
              ? columnIndex(signature, tokens.identifier(expression.from()))
              : -1;
      if (index < 0) {
        return null;
      }
      names.add(item.alias().isEmpty() ? signature.columns().get(index).name() : item.alias());
      indexes.add(index);
    }
    return RowForm.table(signature.columns(), names, indexes);
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
