package org.pglynx.proxy.ml;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A value of a row that needs no server.
 *
 * @param text a literal in text form; null for NULL and where a parameter stands
 * @param bare whether the text is JSON as it is: a number, or a boolean
 * @param index the parameter, or -1
 */
record RowValue(@Nullable String text, boolean bare, int index) {
  /** The value as JSON. */
  String json(Arguments arguments, int[] types) throws PgErrorException {
    if (index < 0) {
      return json(text, bare);
    }
    String value = ParameterValues.text(arguments, index, types[index]);
    if (value == null) {
      return "null";
    }
    return switch (types[index]) {
      case Oid.BOOL -> Boolean.toString(BooleanText.parse(value));
      case Oid.INT2, Oid.INT4, Oid.INT8 -> json(value, true);
      case Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC ->
          Double.toString(ParameterValues.number(arguments, index, types[index]))
              .transform(number -> json(number, finite(number)));
      default -> json(value, false);
    };
  }

  private static boolean finite(String number) {
    return Double.isFinite(Double.parseDouble(number));
  }

  private static String json(@Nullable String value, boolean asItIs) {
    if (value == null) {
      return "null";
    }
    return asItIs
        ? value.strip()
        : '"' + new String(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
  }
}
