package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/** Makes statements of calls that only the proxy can serve: train, deploy, explain and the like. */
final class ServiceCalls {
  /** How the rows of a function go out. */
  interface Form {
    /** The form; null if the call stands where there is none. */
    @Nullable RowForm of(Signature signature) throws PgErrorException;
  }

  private final Answers answers;

  ServiceCalls(Answers answers) {
    this.answers = answers;
  }

  /** The call as a statement; null if there is no form for its rows. */
  @Nullable LocalStatement statement(
      SqlTokens tokens, FunctionCall call, Form form, ParameterTypes types)
      throws PgErrorException {
    if (PgmlFunction.named(call.function()) == PgmlFunction.EXPLAIN) {
      return explain(tokens, call, form, types);
    }
    BoundCall bound = bind(call, tokens, types);
    bound.declare(types);
    RowForm shown = form.of(bound.signature());
    if (shown == null) {
      return null;
    }
    List<TokenRange> computed = bound.computed();
    if (computed.isEmpty()) {
      return answers.service(bound, shown, types.complete());
    }
    ComputedExpressions expressions = ComputedExpressions.of(tokens, computed, types);
    int[] known = types.complete();
    return answers.computed(
        expressions, values -> answers.service(bound.with(values), shown, known), shown, known);
  }

  private @Nullable LocalStatement explain(
      SqlTokens tokens, FunctionCall call, Form form, ParameterTypes types)
      throws PgErrorException {
    PredictCall bound =
        PredictCall.of(PgmlFunction.EXPLAIN, call, tokens, types, FeatureForms.NO_ROWS);
    if (bound == null) {
      throw noSuchFunction(tokens, call).toException();
    }
    RowForm shown = form.of(Signatures.EXPLAIN);
    if (shown == null) {
      return null;
    }
    ModelSelector selector = bound.selector();
    Features features = bound.known();
    if (features != null) {
      return answers.explanation(selector, features, shown, types.complete());
    }
    ComputedExpressions expressions =
        ComputedExpressions.of(tokens, List.of(bound.features()), types);
    int[] known = types.complete();
    return answers.computed(
        expressions,
        values -> answers.explanation(selector, features(tokens, bound, values), shown, known),
        shown,
        known);
  }

  private static Features features(
      SqlTokens tokens, PredictCall bound, List<ComputedValue> computed) throws PgErrorException {
    ComputedValue value = computed.get(0);
    if (value.scalar()) {
      throw FeatureCasts.refusal(tokens, bound.call(), bound.features(), value.typeName())
          .toException();
    }
    return value.features();
  }

  private static PgError noSuchFunction(SqlTokens tokens, FunctionCall call) {
    ArgumentReader reader = new ArgumentReader(tokens);
    List<Argument> given =
        call.arguments().stream().map(argument -> reader.read(argument.value())).toList();
    return Refusals.noSuchFunction(call, given);
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
  static boolean namesModel(FunctionCall call, SqlTokens tokens, ParameterTypes types) {
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
}
