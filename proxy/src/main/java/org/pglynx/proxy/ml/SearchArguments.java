package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SearchRequest;
import org.pglynx.proxy.wire.PgErrorException;

/** Reads search, search_params and search_args of pgml.train. */
final class SearchArguments {
  private static final int DEFAULT_ITERATIONS = 10;
  private static final int DEFAULT_FOLDS = 5;

  private SearchArguments() {}

  static Optional<SearchRequest> read(
      @Nullable String search,
      String searchParams,
      String searchArgs,
      Map<String, @Nullable Object> hyperparams)
      throws PgErrorException {
    Map<String, @Nullable Object> params = JsonObjects.parse(searchParams, "search_params");
    Map<String, @Nullable Object> args = JsonObjects.parse(searchArgs, "search_args");
    if (search == null) {
      if (!params.isEmpty() || !args.isEmpty()) {
        throw MlErrors.invalid("search_params and search_args need a search")
            .withHint("Pass search => 'grid' or search => 'random'.")
            .toException();
      }
      return Optional.empty();
    }
    SearchRequest.Kind kind =
        SearchRequest.Kind.bySqlName(search)
            .orElseThrow(() -> EnumErrors.invalid("search", search, "grid, random").toException());
    checkArgs(args);
    return Optional.of(
        new SearchRequest(
            kind,
            candidates(params, hyperparams),
            count(args, "n_iter", DEFAULT_ITERATIONS, 1),
            count(args, "cv", DEFAULT_FOLDS, 2)));
  }

  private static void checkArgs(Map<String, @Nullable Object> args) throws PgErrorException {
    for (String name : args.keySet()) {
      if (!name.equals("n_iter") && !name.equals("cv")) {
        throw MlErrors.invalid("Unknown search_args => \"%s\"".formatted(name))
            .withHint("Known are n_iter and cv.")
            .toException();
      }
    }
  }

  private static Map<String, List<@Nullable Object>> candidates(
      Map<String, @Nullable Object> params, Map<String, @Nullable Object> hyperparams)
      throws PgErrorException {
    Map<String, List<@Nullable Object>> candidates = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : params.entrySet()) {
      String name = entry.getKey();
      if (hyperparams.containsKey(name)) {
        throw MlErrors.invalid(
                ("`%s` cannot be present in both hyperparams and search_params."
                        + " Please choose one or the other.")
                    .formatted(name))
            .toException();
      }
      if (!(entry.getValue() instanceof List<?> list) || list.isEmpty()) {
        throw MlErrors.invalid(
                "search_params \"%s\" must be a list of candidate values".formatted(name))
            .withHint("Write it like '{\"max_depth\": [3, 6, 9]}'.")
            .toException();
      }
      candidates.put(name, new ArrayList<>(list));
    }
    if (candidates.isEmpty()) {
      throw MlErrors.invalid("a search needs search_params").toException();
    }
    return candidates;
  }

  private static int count(Map<String, @Nullable Object> args, String name, int absent, int least)
      throws PgErrorException {
    Object value = args.get(name);
    if (value == null) {
      return absent;
    }
    if (!(value instanceof Integer number) || number < least) {
      throw MlErrors.invalid(
              "search_args \"%s\" must be a whole number of at least %d".formatted(name, least))
          .toException();
    }
    return number;
  }
}
