package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgError;

/**
 * The casts to real[] that rewritten statements have where the client called a function. What
 * cannot be cast is an argument that no function takes: so the client is told of a function.
 */
final class FeatureCasts {
  private static final String CANNOT_COERCE = "42846";
  private static final Pattern TYPE = Pattern.compile("cannot cast type (.+) to (real|real\\[\\])");

  /** An array, or an element of one, that is a feature where it does not need this cast. */
  private static final Pattern IN_ARRAY =
      Pattern.compile("cannot cast type (.+)(?:\\[\\] to real\\[\\]|(?<!\\]) to real)");

  /** Told where the server does not speak English. */
  private static final String UNTOLD = "…";

  private final SqlTokens tokens;
  private final Map<Integer, Cast> casts = new HashMap<>();

  private record Cast(FunctionCall call, TokenRange features) {}

  FeatureCasts(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** Notes that the call's features are cast; errors of the cast are told to be at its name. */
  void add(FunctionCall call, TokenRange features) {
    int start = tokens.start(call.range().from());
    casts.put(tokens.text().codePointCount(0, start) + 1, new Cast(call, features));
  }

  /**
   * What the client is told instead of the server's error, null for the server's own words.
   *
   * @param place in the client's text
   */
  @Nullable PgError told(PgError error, int place) {
    if (!error.code().equals(CANNOT_COERCE)) {
      return null;
    }
    Matcher type = TYPE.matcher(error.message());
    Matcher element = IN_ARRAY.matcher(error.message());
    if (element.matches()) {
      if (element.group(1).equals("boolean")) {
        return Refusals.booleansInArray();
      } else if (FeatureTypes.time(element.group(1))) {
        return Refusals.timesInArray(element.group(1));
      }
    }
    Cast cast = casts.get(place);
    if (cast == null) {
      return null;
    }
    return refusal(tokens, cast.call(), cast.features(), type.matches() ? type.group(1) : UNTOLD);
  }

  /** The refusal of a call whose features are of a type that cannot be features. */
  static PgError refusal(SqlTokens tokens, FunctionCall call, TokenRange features, String type) {
    ArgumentReader reader = new ArgumentReader(tokens);
    List<Argument> arguments = new ArrayList<>();
    for (FunctionCall.CallArgument argument : call.arguments()) {
      arguments.add(
          argument.value().equals(features)
              ? new Argument.Literal(null, type)
              : reader.read(argument.value()));
    }
    return Refusals.noSuchFeatures(call, arguments, type);
  }
}
