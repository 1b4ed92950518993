package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.ml.Argument.Bound;
import org.pglynx.proxy.ml.Argument.Computed;
import org.pglynx.proxy.ml.Argument.Literal;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.FunctionCall.CallArgument;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A call of a function that predicts.
 *
 * @param function which of them
 * @param call where it stands
 * @param selector whose model answers
 * @param features the tokens of the features argument
 * @param form how they are given
 * @param known the features if they need no server, else null
 */
record PredictCall(
    PgmlFunction function,
    FunctionCall call,
    ModelSelector selector,
    TokenRange features,
    FeatureForm form,
    @Nullable Features known) {

  /** Reads the call; null if it is of another form than the proxy knows: the server then says. */
  static @Nullable PredictCall of(
      PgmlFunction function,
      FunctionCall call,
      SqlTokens tokens,
      ParameterTypes types,
      FeatureForms forms)
      throws PgErrorException {
    ArgumentReader reader = new ArgumentReader(tokens);
    @Nullable TokenRange[] places = places(call);
    TokenRange first = places[0];
    TokenRange features = places[1];
    if (first == null || features == null) {
      return null;
    }
    ModelSelector selector = selector(reader, first, types);
    if (selector == null) {
      return null;
    }
    FeatureForm form = forms.of(tokens, reader, features, types);
    Features known =
        form == FeatureForm.RECORD ? null : new FeatureReader(tokens, types).read(features);
    if (known == null && (form == FeatureForm.RECORD || form == FeatureForm.NAMED)) {
      known = new RowReader(tokens, types).read(form, features);
    }
    return new PredictCall(function, call, selector, features, form, known);
  }

  /** The tokens of project_name or model_id, and of features; null where they are not given. */
  private static @Nullable TokenRange[] places(FunctionCall call) {
    @Nullable TokenRange[] places = new TokenRange[2];
    boolean namedSeen = false;
    if (call.arguments().size() != 2) {
      return places;
    }
    for (int i = 0; i < 2; i++) {
      CallArgument argument = call.arguments().get(i);
      boolean misplaced = !argument.named() && namedSeen;
      namedSeen |= argument.named();
      int place =
          switch (argument.name()) {
            case "" -> i;
            case "project_name", "model_id" -> 0;
            case "features", "row", "vector" -> 1;
            default -> -1;
          };
      if (misplaced || place < 0 || places[place] != null || argument.value().isEmpty()) {
        return new TokenRange[2];
      }
      places[place] = argument.value();
    }
    return places;
  }

  /** Whose model answers; null if that is not known before the statement runs. */
  private static @Nullable ModelSelector selector(
      ArgumentReader reader, TokenRange range, ParameterTypes types) throws PgErrorException {
    return switch (reader.read(range)) {
      case Literal literal -> fixed(literal);
      case Bound bound -> bound(bound, types);
      case Computed computed -> null;
    };
  }

  private static ModelSelector.@Nullable Fixed fixed(Literal literal) throws PgErrorException {
    String text = literal.text();
    if (text == null) {
      return new ModelSelector.Fixed(null);
    }
    return switch (literal.typeName()) {
      case "unknown", "text", "character varying" ->
          new ModelSelector.Fixed(new ModelRef.Project(text));
      case "integer", "bigint", "smallint" ->
          new ModelSelector.Fixed(new ModelRef.Id(ModelRef.parseId(text)));
      default -> null;
    };
  }

  private static ModelSelector bound(Bound bound, ParameterTypes types) throws PgErrorException {
    boolean id =
        switch (types.declared(bound.index())) {
          case Oid.INT2, Oid.INT4, Oid.INT8 -> true;
          default -> ArgumentType.BIGINT.accepts(bound.typeName()) && !isUnknown(bound);
        };
    types.use(bound.index(), id ? ArgumentType.BIGINT : ArgumentType.TEXT);
    return new ModelSelector.Bound(bound.index());
  }

  private static boolean isUnknown(Bound bound) {
    return bound.typeName().equals("unknown");
  }

  /** The result's column. */
  Column column(String name) {
    return columnOf(function, name);
  }

  /** The column that a function that predicts gives. */
  static Column columnOf(PgmlFunction function, String name) {
    return switch (function) {
      case PREDICT -> Column.float4(name);
      case PREDICT_LABEL -> Column.text(name);
      case PREDICT_PROBA, PREDICT_JOINT, DECOMPOSE -> Column.float4Array(name);
      case TRAIN, TRAIN_JOINT, SNAPSHOT, DEPLOY, LOAD_DATASET, CANCEL_TRAINING ->
          throw new IllegalStateException(name);
      case PREDICT_BATCH, EXPLAIN, FEATURE_IMPORTANCE, XGBOOST_VERSION, VERSION ->
          throw new IllegalStateException(name);
      case EXPORT_MODEL, IMPORT_MODEL -> throw new IllegalStateException(name);
    };
  }
}
