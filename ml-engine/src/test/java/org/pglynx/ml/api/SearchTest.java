package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

class SearchTest {
  private final MlEngine engine = new MlEngine(new EngineSettings(1, 1 << 30));

  @Test
  void theGridsBestCandidateIsRefitOnTheWholeTrainingPart() {
    Map<String, List<@Nullable Object>> grid = Map.of("alpha", List.of(1e6, 1.0, 1e9));

    TrainedModel searched = train(Map.of(), search(SearchRequest.Kind.GRID, grid, 10));
    TrainedModel direct = train(Map.of("alpha", 1.0), Optional.empty());

    assertThat(searched.hyperparams()).isEqualTo(Map.of("alpha", 1.0));
    assertThat(engine.encode(searched.model())).isEqualTo(engine.encode(direct.model()));
    assertThat(searched.metrics().get("r2")).isEqualTo(direct.metrics().get("r2"));
  }

  @Test
  void resultsHavePostgresMlsNames() {
    Map<String, List<@Nullable Object>> grid =
        Map.of("alpha", List.of(1e6, 1.0), "fit_intercept", List.of(true));

    TrainedModel trained = train(Map.of(), search(SearchRequest.Kind.GRID, grid, 10));

    assertThat(trained.metrics().get("search_results"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsKeys(
            "params",
            "n_splits",
            "best_index",
            "mean_fit_time",
            "std_fit_time",
            "mean_score_time",
            "std_score_time",
            "mean_test_score",
            "std_test_score",
            "split0_test_score",
            "split2_test_score",
            "param_alpha",
            "param_fit_intercept")
        .containsEntry("n_splits", 3)
        .containsEntry("best_index", 1);
    assertThat(JsonObjects.write(trained.metrics())).contains("\"param_alpha\":[1000000.0,1.0]");
  }

  @Test
  void aRandomSearchTriesSomeOfTheGrid() {
    Map<String, List<@Nullable Object>> grid = Map.of("alpha", List.of(1.0, 2.0, 3.0, 4.0, 5.0));

    TrainedModel trained = train(Map.of(), search(SearchRequest.Kind.RANDOM, grid, 2));

    assertThat(JsonObjects.write(trained.metrics())).containsPattern("\"params\":\\[[^\\[]*\\]");
    assertThat(trained.metrics().get("search_results"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .extractingByKey("params")
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void aNameInBothPlacesIsRefused() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            train(
                Map.of("alpha", 1),
                search(SearchRequest.Kind.GRID, Map.of("alpha", List.of(1)), 1)))
        .withMessageStartingWith("`alpha` cannot be present in both");
  }

  @Test
  void aNameWithoutValuesIsRefused() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> train(Map.of(), search(SearchRequest.Kind.GRID, Map.of("alpha", List.of()), 1)))
        .withMessage("search_params give 0 candidates");
  }

  @Test
  void searchArgsHavePostgresMlsDefaults() {
    SearchRequest request =
        SearchRequest.of(
            SearchRequest.Kind.GRID,
            JsonObjects.parse("{\"max_depth\": [3, 6]}", "search_params"),
            Map.of());

    assertThat(request.params()).isEqualTo(Map.of("max_depth", List.of(3, 6)));
    assertThat(request.iterations()).isEqualTo(10);
    assertThat(request.folds()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{\"seconds\": 5}|Unknown search_args => seconds",
        "{\"k\": 5}|{}|search_params: the candidates of \"k\" are not an array",
        "{}|{\"cv\": 1}|search_args: cv must be an integer of at least 2, not 1",
        "{}|{\"n_iter\": \"x\"}|search_args: n_iter must be an integer of at least 1, not x",
      })
  void otherSearchArgumentsAreRefused(String params, String args, String message) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            SearchRequest.of(
                SearchRequest.Kind.RANDOM,
                JsonObjects.parse(params, "search_params"),
                JsonObjects.parse(args, "search_args")))
        .withMessage(message);
  }

  private static Optional<SearchRequest> search(
      SearchRequest.Kind kind, Map<String, List<@Nullable Object>> grid, int iterations) {
    return Optional.of(new SearchRequest(kind, grid, iterations, 3));
  }

  private TrainedModel train(
      Map<String, @Nullable Object> hyperparams, Optional<SearchRequest> search) {
    return engine.train(
        new TrainingRequest(
            Task.REGRESSION,
            "ridge",
            hyperparams,
            Sets.builtIn("diabetes"),
            0.25,
            Sampling.RANDOM,
            3,
            search),
        ProgressListener.NONE,
        CancelToken.NEVER);
  }
}
