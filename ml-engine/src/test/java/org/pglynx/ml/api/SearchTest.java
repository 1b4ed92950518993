package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.CancelAtQuestion;
import org.pglynx.ml.testing.Sets;

class SearchTest {
  private static final Map<String, @Nullable Object> FEW_ROUNDS = Map.of("n_estimators", 2);

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

    assertThat(request.params())
        .isEqualTo(Map.of("max_depth", new SearchValues.Choice(List.of(3, 6))));
    assertThat(request.iterations()).isEqualTo(10);
    assertThat(request.folds()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{\"seconds\": 5}|Unknown search_args => seconds",
        "{}|{}|a search needs search_params",
        "{\"k\": 5}|{}|search_params: the candidates of \"k\" are neither an array nor a range",
        "{\"k\": [1]}|{\"cv\": 1}|search_args: cv must be an integer of at least 2, not 1",
        "{\"k\": [1]}|{\"n_iter\": \"x\"}|search_args: n_iter must be an integer of at least 1, not x",
        "{\"k\": [1, 2]}|{\"n_iter\": 20000}|search_params give 20000 candidates",
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

  @Test
  void rangesAreDrawnFromByTheSeedTogetherWithLists() {
    SearchRequest search =
        random(
            "{\"depth\": {\"min\": 2, \"max\": 4}, \"eta\": {\"min\": 0.01, \"max\": 0.3, \"log\":"
                + " true}, \"kind\": [\"a\", \"b\"]}",
            "{\"n_iter\": 200}");

    List<Map<String, @Nullable Object>> drawn = Candidates.of(search, 7);

    assertThat(drawn).hasSize(200).doesNotHaveDuplicates();
    assertThat(drawn).extracting(c -> c.get("depth")).containsOnly(2L, 3L, 4L);
    assertThat(drawn).extracting(c -> c.get("kind")).containsOnly("a", "b");
    List<Double> etas = drawn.stream().map(c -> (Double) c.get("eta")).toList();
    assertThat(etas).allMatch(eta -> eta >= 0.01 && eta <= 0.3);
    // On a log scale half of them are below the geometric mean, 0.055.
    assertThat(etas.stream().filter(eta -> eta < 0.0548).count()).isBetween(75L, 125L);
    assertThat(Candidates.of(search, 7)).isEqualTo(drawn);
    assertThat(Candidates.of(search, 8)).isNotEqualTo(drawn);
  }

  @Test
  void aSmallSpaceIsSearchedOnce() {
    SearchRequest search = random("{\"k\": {\"min\": 1, \"max\": 3}}", "{\"n_iter\": 50}");

    assertThat(Candidates.of(search, 1))
        .extracting(c -> c.get("k"))
        .containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(search.candidates()).isEqualTo(3);
  }

  @Test
  void aFewOfAHugeGridAreDrawn() {
    String thousand = IntStream.range(0, 1000).boxed().toList().toString();
    SearchRequest search =
        random("{\"a\": %s, \"b\": %s, \"c\": %s}".formatted(thousand, thousand, thousand), "{}");

    assertThat(Candidates.of(search, 1)).hasSize(10).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max\": 2}|has no min",
        "{\"min\": 2}|has no max",
        "{\"min\": 3, \"max\": 2}|has min 3 above max 2",
        "{\"min\": \"a\", \"max\": 2}|has min \"a\", which is no usable number",
        "{\"min\": 0, \"max\": 1e300}|has max \"1.0E300\", which is no usable number",
        "{\"min\": 0, \"max\": 1, \"log\": true}|has log scale, but its min 0 is not above 0",
        "{\"min\": 0, \"max\": 1, \"log\": 1}|has log \"1\", which is not true or false",
        "{\"min\": 0, \"max\": 1, \"step\": 1}|has an unknown key \"step\"",
      })
  void badRangesAreRefusedByName(String range, String problem) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> random("{\"eta\": " + range + "}", "{}"))
        .withMessage("search_params: the range of \"eta\" " + problem);
  }

  @Test
  void aGridOfARangeIsRefused() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            SearchRequest.of(
                SearchRequest.Kind.GRID,
                JsonObjects.parse("{\"eta\": {\"min\": 0, \"max\": 1}}", "search_params"),
                Map.of()))
        .withMessage("search_params: a grid cannot be made of the range of \"eta\"");
  }

  @Test
  void rangesOutsideOfTheHyperparametersDomainAreRefusedBeforeDataIsRead() {
    SearchRequest search = random("{\"max_depth\": {\"min\": 2, \"max\": 1000}}", "{}");

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> engine.check(Task.REGRESSION, "xgboost", Map.of(), search))
        .withMessage("invalid value for hyperparameter \"max_depth\": 1000");
  }

  @Test
  void theResultDoesNotDependOnTheNumberOfThreads() {
    SearchRequest search =
        random("{\"max_depth\": {\"min\": 1, \"max\": 6}}", "{\"n_iter\": 4, \"cv\": 3}");
    TrainingRequest request =
        request("random_forest", Map.of("n_estimators", 5), Sets.builtIn("diabetes"), search);

    TrainedModel one = train(new MlEngine(new EngineSettings(1, 1 << 30)), request);
    TrainedModel four = train(new MlEngine(new EngineSettings(4, 1 << 30)), request);

    assertThat(four.hyperparams()).isEqualTo(one.hyperparams());
    assertThat(scores(four)).isEqualTo(scores(one));
    assertThat(engine.encode(four.model())).isEqualTo(engine.encode(one.model()));
  }

  @Test
  void foldsAreFittedSideBySideButNeverOnMoreThreadsThanATrainingMayUse() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    CancelToken asking =
        () -> {
          if (Thread.currentThread().getName().startsWith("pglynx-search")
              && threads.add(Thread.currentThread())) {
            both.countDown();
            awaitQuietly(both);
          }
          return false;
        };
    SearchRequest search = random("{\"alpha\": {\"min\": 0.1, \"max\": 9.0}}", "{}");

    new MlEngine(new EngineSettings(2, 1 << 30))
        .train(
            request("ridge", Map.of(), Sets.builtIn("diabetes"), search),
            ProgressListener.NONE,
            asking);

    assertThat(threads).hasSize(2);
    assertThat(both.getCount()).isZero();
  }

  @Test
  void groupsWithoutLabelsAreSearchedByTheirSilhouette() {
    SearchRequest search = random("{\"n_clusters\": [2, 3, 9]}", "{\"cv\": 3}");
    TrainingRequest request =
        new TrainingRequest(
            Task.CLUSTERING,
            "kmeans",
            Map.of(),
            Sets.builtIn("iris"),
            0.25,
            Sampling.RANDOM,
            3,
            Optional.of(search));

    TrainedModel trained = train(engine, request);

    assertThat(trained.hyperparams()).isEqualTo(Map.of("n_clusters", 2));
  }

  @Test
  void aCandidateThatFailsIsOutAndTheOthersGoOn() {
    SearchRequest search =
        grid("{\"tree_method\": [\"exact\", \"hist\"], \"grow_policy\": [\"lossguide\"]}");

    TrainedModel trained =
        train(engine, request("xgboost", FEW_ROUNDS, Sets.builtIn("diabetes"), search));

    assertThat(trained.hyperparams()).containsEntry("tree_method", "hist");
    assertThat(trained.metrics().get("search_results"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("best_index", 1)
        .containsEntry(
            "errors", Arrays.asList("tree_method \"exact\" does not go with grow_policy", null))
        .hasEntrySatisfying(
            "mean_test_score",
            scores ->
                assertThat(scores)
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .satisfies(list -> assertThat(list.get(0)).isNull())
                    .satisfies(list -> assertThat(list.get(1)).isNotNull()));
  }

  @Test
  void errorsAreNotAmongTheResultsOfASearchWithoutAny() {
    Map<String, List<@Nullable Object>> grid = Map.of("alpha", List.of(1.0, 2.0));

    TrainedModel trained = train(Map.of(), search(SearchRequest.Kind.GRID, grid, 10));

    assertThat(trained.metrics().get("search_results"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .doesNotContainKey("errors");
  }

  @Test
  void aSearchFailsWhenAllItsCandidatesDoAndSaysWhy() {
    SearchRequest search =
        grid("{\"tree_method\": [\"exact\"], \"max_leaves\": [4, 8], \"max_bin\": [16]}");
    TrainingRequest request = request("xgboost", FEW_ROUNDS, Sets.builtIn("diabetes"), search);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(engine, request))
        .withMessage("all 2 candidates of the search failed")
        .matches(e -> e.kind() == MlException.Kind.BAD_HYPERPARAMETER)
        .satisfies(e -> {
          assertThat(e.detail())
              .isEqualTo("tree_method \"exact\" does not go with max_leaves, max_bin");
          assertThat(e.hint()).isEqualTo("Use tree_method \"hist\".");
        });
  }

  @Test
  void aCancelledSearchStopsInAllItsFolds() {
    SearchRequest search = random("{\"max_depth\": {\"min\": 2, \"max\": 9}}", "{}");
    TrainingRequest request =
        request("xgboost", Map.of("n_estimators", 100_000), Sets.builtIn("diabetes"), search);
    CancelAtQuestion afterSomeRounds = new CancelAtQuestion(200);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> engine.train(request, ProgressListener.NONE, afterSomeRounds))
        .matches(e -> e.kind() == MlException.Kind.CANCELLED);
    afterSomeRounds.assertStopped();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Object scores(TrainedModel trained) {
    Map<?, ?> results = (Map<?, ?>) Objects.requireNonNull(trained.metrics().get("search_results"));
    return Arrays.asList(results.get("split1_test_score"), results.get("mean_test_score"));
  }

  private static SearchRequest grid(String params) {
    return SearchRequest.of(
        SearchRequest.Kind.GRID, JsonObjects.parse(params, "search_params"), Map.of("cv", 2));
  }

  private static SearchRequest random(String params, String args) {
    return SearchRequest.of(
        SearchRequest.Kind.RANDOM,
        JsonObjects.parse(params, "search_params"),
        JsonObjects.parse(args, "search_args"));
  }

  private static TrainingRequest request(
      String algorithm,
      Map<String, @Nullable Object> hyperparams,
      DataSet data,
      SearchRequest search) {
    return new TrainingRequest(
        Task.REGRESSION,
        algorithm,
        hyperparams,
        data,
        0.25,
        Sampling.RANDOM,
        3,
        Optional.of(search));
  }

  private static TrainedModel train(MlEngine engine, TrainingRequest request) {
    return engine.train(request, ProgressListener.NONE, CancelToken.NEVER);
  }

  private static Optional<SearchRequest> search(
      SearchRequest.Kind kind, Map<String, List<@Nullable Object>> grid, int iterations) {
    Map<String, SearchValues> params = new LinkedHashMap<>();
    grid.forEach((name, values) -> params.put(name, new SearchValues.Choice(values)));
    return Optional.of(new SearchRequest(kind, params, iterations, 3));
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
