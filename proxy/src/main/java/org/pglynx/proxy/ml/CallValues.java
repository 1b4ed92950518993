package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The values of one execution's arguments by parameter name, in text form and typed. */
final class CallValues {
  private final BoundCall call;
  private final Arguments arguments;
  private final int[] types;

  /**
   * The values.
   *
   * @param types of {@code $1}, …, as the client was told
   */
  CallValues(BoundCall call, Arguments arguments, int[] types) {
    this.call = call;
    this.arguments = arguments;
    this.types = types;
  }

  /** Whether the function has the parameter at all: overloads differ. */
  boolean has(String parameter) {
    return call.signature().indexOf(parameter) >= 0;
  }

  /** The value in text form; null if it is NULL or not given. */
  @Nullable String text(String parameter) throws PgErrorException {
    return switch (argument(parameter)) {
      case null -> null;
      case Argument.Literal literal -> literal.text();
      case Argument.Bound bound ->
          ParameterValues.text(arguments, bound.index(), types[bound.index()]);
      case Argument.Computed computed -> throw new IllegalStateException("bound " + parameter);
    };
  }

  /** The value in text form, or the default. */
  String text(String parameter, String absent) throws PgErrorException {
    String value = text(parameter);
    return value == null ? absent : value;
  }

  /** A bytea; null if it is NULL or not given. */
  byte @Nullable [] bytes(String parameter) throws PgErrorException {
    return switch (argument(parameter)) {
      case null -> null;
      case Argument.Literal literal ->
          literal.text() == null ? null : ByteaText.parse(literal.text());
      case Argument.Bound bound -> {
        byte[] value = ParameterValues.value(arguments, bound.index());
        yield value == null || arguments.binary(bound.index()) ? value : ByteaText.parse(value);
      }
      case Argument.Computed computed -> throw new IllegalStateException("bound " + parameter);
    };
  }

  /** One text or an array of them, as the parameter's type says; empty if it is NULL. */
  List<String> texts(String parameter) throws PgErrorException {
    int index = call.signature().indexOf(parameter);
    boolean array = call.signature().parameters().get(index).type() == ArgumentType.TEXT_ARRAY;
    try {
      String value = text(parameter);
      if (value == null) {
        return List.of();
      }
      return array ? TextArray.parse(value) : List.of(value);
    } catch (PgErrorException e) {
      throw named(parameter, e.error());
    }
  }

  /** A boolean, or the default. */
  boolean bool(String parameter, boolean absent) throws PgErrorException {
    String value = text(parameter);
    try {
      return value == null ? absent : BooleanText.parse(value);
    } catch (PgErrorException e) {
      throw named(parameter, e.error());
    }
  }

  /** A real, or the default. */
  float real(String parameter, float absent) throws PgErrorException {
    String value = text(parameter);
    if (value == null) {
      return absent;
    }
    try {
      return Float.parseFloat(value.trim());
    } catch (NumberFormatException e) {
      throw named(parameter, invalid("real", value));
    }
  }

  /** A bigint, or null. */
  @Nullable Long bigint(String parameter) throws PgErrorException {
    String value = text(parameter);
    if (value == null) {
      return null;
    }
    try {
      return Long.valueOf(value.trim());
    } catch (NumberFormatException e) {
      throw named(parameter, invalid("bigint", value));
    }
  }

  private PgErrorException named(String parameter, PgError error) {
    return error
        .withDetail(
            "It is argument %s of pgml.%s.".formatted(parameter, call.signature().function()))
        .toException();
  }

  private @Nullable Argument argument(String parameter) {
    int index = call.signature().indexOf(parameter);
    if (index < 0) {
      throw new IllegalArgumentException(call.signature().function() + " has no " + parameter);
    }
    return call.argument(index);
  }

  static PgError invalid(String type, String value) {
    return PgError.error(
        SqlState.INVALID_TEXT, "invalid input syntax for type %s: \"%s\"".formatted(type, value));
  }
}
