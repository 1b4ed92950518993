package org.pglynx.proxy.ml;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.AutoRequest;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SearchRequest;
import org.pglynx.proxy.wire.PgErrorException;

/** Reads what pgml.train is to search: search, search_params and search_args. */
final class SearchArguments {
  private final @Nullable String search;
  private final boolean auto;
  private final String params;
  private final String args;
  private final Map<String, @Nullable Object> hyperparams;

  SearchArguments(CallValues values, Map<String, @Nullable Object> hyperparams)
      throws PgErrorException {
    this.search = values.text("search");
    this.auto = AutoRequest.NAME.equals(values.text("algorithm"));
    this.params = values.text("search_params", "{}");
    this.args = values.text("search_args", "{}");
    this.hyperparams = hyperparams;
  }

  /** search_params as it was given. */
  String params() {
    return params;
  }

  /** search_args as it was given. */
  String args() {
    return args;
  }

  /** The search of hyperparameters, if there is one. */
  Optional<SearchRequest> search() throws PgErrorException {
    if (auto) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> searched = JsonObjects.parse(params, "search_params");
    Map<String, @Nullable Object> given = JsonObjects.parse(args, "search_args");
    if (search == null) {
      if (!searched.isEmpty() || !given.isEmpty()) {
        throw MlErrors.invalid("search_params and search_args need a search")
            .withHint("Pass search => 'grid' or search => 'random'.")
            .toException();
      }
      return Optional.empty();
    }
    SearchRequest.Kind kind =
        SearchRequest.Kind.bySqlName(search)
            .orElseThrow(() -> EnumErrors.invalid("search", search, "grid, random").toException());
    return Optional.of(SearchRequest.of(kind, searched, given));
  }

  /** The contest of algorithms, if there is one. */
  Optional<AutoRequest> auto() throws PgErrorException {
    if (!auto) {
      return Optional.empty();
    }
    boolean searches = search != null || !JsonObjects.parse(params, "search_params").isEmpty();
    if (searches || !hyperparams.isEmpty()) {
      throw MlErrors.invalid(
              "algorithm \"auto\" chooses an algorithm, not its "
                  + (searches ? "search of hyperparameters" : "hyperparameters"))
          .withHint(
              "Let it choose, then train the winner again with %s."
                  .formatted(searches ? "a search" : "hyperparams"))
          .toException();
    }
    return Optional.of(AutoRequest.of(JsonObjects.parse(args, "search_args")));
  }
}
