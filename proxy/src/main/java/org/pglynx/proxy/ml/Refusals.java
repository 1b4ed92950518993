package org.pglynx.proxy.ml;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.StatementKind;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Why a statement with a pgml call fails before it runs. */
final class Refusals {
  private static final String PREPARED = StatementKind.PREPARE.name();
  private static final String SERVED =
      Stream.of(PgmlFunction.values())
          .map(served -> "pgml." + served.sqlName())
          .collect(Collectors.joining(", "));

  private static final String FEATURES =
      "Features are an array of numbers, ROW(…), a relation's name, or jsonb; a column of a composite"
          + " type is given as to_json(column).";

  private Refusals() {}

  static PgError noSuchFunction(FunctionCall call, List<Argument> arguments) {
    return PgError.error(
            SqlState.UNDEFINED_FUNCTION,
            "function %s does not exist".formatted(signature(call, arguments)))
        .withHint(
            "No function matches the given name and argument types. You might need to add explicit"
                + " type casts.");
  }

  /** The only function of the name takes other arguments. */
  static PgError noSuchFunction(Signature known, FunctionCall call, List<Argument> arguments) {
    String parameters =
        known.parameters().stream()
            .map(each -> each.name() + " " + each.type().sqlName())
            .collect(Collectors.joining(", "));
    return noSuchFunction(call, arguments)
        .withHint(
            parameters.isEmpty()
                ? "pgml.%s takes no arguments.".formatted(known.function())
                : "pgml.%s takes (%s), in this order or by name (name => value); other types need a cast."
                    .formatted(known.function(), parameters));
  }

  /** No function that predicts takes features of the type. */
  static PgError noSuchFeatures(FunctionCall call, List<Argument> arguments, String type) {
    PgError error = noSuchFunction(call, arguments);
    return error.withHint(error.hint() + " " + features(type));
  }

  /** There is no cast from boolean to real, and nothing else tells the type while it is planned. */
  static PgError booleansInArray() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "columns of type boolean are not read from an array here unless it is cast")
        .withHint(
            "Write ARRAY[…]::boolean[], ARRAY[flag::integer, …], or give the row: pgml.predict('project',"
                + " relation).");
  }

  /** The same of times. */
  static PgError timesInArray(String type) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "columns of type %s are not read from an array here unless it is cast".formatted(type))
        .withHint(
            "Write ARRAY[…]::%s[], or give the row: pgml.predict('project', relation)."
                .formatted(type));
  }

  private static String features(String type) {
    return type.startsWith("json")
        ? "Where JSON is not seen to be JSON it needs the cast: column::jsonb."
        : FEATURES;
  }

  private static String signature(FunctionCall call, List<Argument> arguments) {
    StringBuilder text = new StringBuilder("pgml.").append(call.function()).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      FunctionCall.CallArgument argument = call.arguments().get(i);
      text.append(i == 0 ? "" : ", ")
          .append(argument.named() ? argument.name() + " => " : "")
          .append(arguments.get(i).typeName());
    }
    return text.append(')').toString();
  }

  static PgError positionalAfterNamed() {
    return PgError.error(SqlState.SYNTAX_ERROR, "positional argument cannot follow named argument");
  }

  static PgError argumentTwice(String name) {
    return PgError.error(
        SqlState.SYNTAX_ERROR, "argument name \"%s\" used more than once".formatted(name));
  }

  /** What a server has computed for an argument is of a type that it cannot be. */
  static PgError argumentType(Signature signature, int parameter, String typeName) {
    Signature.Parameter wanted = signature.parameters().get(parameter);
    return PgError.error(
            SqlState.UNDEFINED_FUNCTION,
            "argument %s of pgml.%s must be %s, not %s"
                .formatted(wanted.name(), signature.function(), wanted.type().sqlName(), typeName))
        .withHint("You might need to add an explicit type cast.");
  }

  /** More columns of a call are renamed than it has. */
  static PgError tooManyColumns(String relation, int columns, int names) {
    return PgError.error(
        SqlState.INVALID_COLUMN_REFERENCE,
        "table \"%s\" has %d columns available but %d columns specified"
            .formatted(relation, columns, names));
  }

  /** A call in FROM gives no column of the name. */
  static PgError noSuchColumn(CallRelation relation, String name) {
    return PgError.error(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist".formatted(name))
        .withHint(
            "The columns of %s are %s."
                .formatted(relation.name(), String.join(", ", relation.columns())));
  }

  /** The row that a call gives has no field of the name. */
  static PgError noSuchField(Signature signature, String name) {
    return PgError.error(
            SqlState.UNDEFINED_COLUMN,
            "could not identify column \"%s\" in record data type".formatted(name))
        .withHint(
            "The columns of pgml.%s are %s."
                .formatted(
                    signature.function(),
                    signature.columns().stream()
                        .map(Column::name)
                        .collect(Collectors.joining(", "))));
  }

  static PgError parameterType(int index, String needed) {
    return PgError.error(
            SqlState.DATATYPE_MISMATCH,
            "parameter $%d is declared with a type that cannot be %s".formatted(index + 1, needed))
        .withHint("Declare no type, or bind it as " + needed + ".");
  }

  static PgError undeterminedParameter(int index) {
    return new PgError(
        PgError.Severity.ERROR,
        "42P18",
        "could not determine data type of parameter $" + (index + 1),
        null,
        null);
  }

  static PgError notServed(String function) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED, "pgml.%s is not served yet".formatted(function))
        .withHint("Served are " + SERVED + ".");
  }

  static PgError severalStatements(String function) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "pgml.%s cannot be called in a text of several statements".formatted(function))
        .withHint("Send each statement in a message of its own.");
  }

  static PgError extensionAmongOthers() {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "CREATE EXTENSION pgml and DROP EXTENSION pgml must be statements of their own")
        .withHint("Send the statement alone, naming no other extension.");
  }

  /** The call stands where it is not served. */
  static PgError place(FunctionCall call, String place) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "pgml.%s is not served in %s yet".formatted(call.function(), place))
        .withHint(
            place.equals(PREPARED)
                ? "A driver's prepared statement of SELECT * FROM pgml.%s(…) works."
                    .formatted(call.function())
                : callHint(call.function()));
  }

  /** A function that runs once and alone stands among other things. */
  static PgError notAlone(String function) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "pgml.%s must be the only thing its statement does".formatted(function))
        .withHint(callHint(function));
  }

  /** A call's rows can be given to a server, but not where it stands. */
  static PgError givesRows(FunctionCall call) {
    String function = call.function();
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "pgml.%s gives rows, and is served in FROM or as all of its statement"
                .formatted(function))
        .withHint(
            "Write SELECT e FROM pgml.%s(…) e, also in a subquery; row_number() OVER () does what WITH ORDINALITY does."
                .formatted(function));
  }

  private static String callHint(String function) {
    return "Write SELECT * FROM pgml.%s(…), or SELECT pgml.%s(…).".formatted(function, function);
  }

  static PgError planFormat(String format) {
    return PgError.error(
        SqlState.INVALID_PARAMETER,
        "unrecognized value for EXPLAIN option \"format\": \"%s\"".formatted(format));
  }
}
