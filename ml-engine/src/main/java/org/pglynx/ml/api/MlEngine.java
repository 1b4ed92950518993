package org.pglynx.ml.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.catalog.ForeignModels;
import org.pglynx.ml.catalog.ModelCodec;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Pipeline;
import org.pglynx.ml.pipeline.Reading;

/** Trains, stores and describes. Safe to use from any number of threads; all calls block. */
public final class MlEngine {
  private final EngineSettings settings;
  private final IntSupplier threads;
  private final Catalogue catalogue = new Catalogue();
  private final ModelCodec codec;

  /** An engine with these limits. */
  public MlEngine(EngineSettings settings) {
    this(settings, settings::threadsPerTraining);
  }

  /**
   * An engine whose trainings are told as they begin how many threads to use that run only where a
   * core would idle; of others they use no more, and no more than the settings say. No result
   * depends on it.
   */
  public MlEngine(EngineSettings settings, IntSupplier threads) {
    this.settings = settings;
    this.threads = threads;
    this.codec = new ModelCodec(settings.maxModelBytes());
  }

  /** Every algorithm name SQL knows, served or not. */
  public List<AlgorithmInfo> algorithms() {
    HyperparameterDefaults defaults = HyperparameterDefaults.read();
    return catalogue.all().stream().map(each -> info(each, defaults)).toList();
  }

  /**
   * Checks the arguments of a training run before any data is read.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM, UNSUPPORTED_TASK or BAD_HYPERPARAMETER
   */
  public void check(Task task, String algorithm, Map<String, @Nullable Object> hyperparams) {
    catalogue.find(algorithm).check(task, hyperparams);
  }

  /**
   * Checks every candidate of a search before any data is read.
   *
   * @throws MlException of kind BAD_HYPERPARAMETER or BAD_ARGUMENT
   */
  public void check(
      Task task,
      String algorithm,
      Map<String, @Nullable Object> hyperparams,
      SearchRequest search) {
    search.requireApart(hyperparams);
    search
        .params()
        .forEach((name, values) -> {
          for (Object value : values.ends()) {
            Map<String, @Nullable Object> merged = new LinkedHashMap<>(hyperparams);
            merged.put(name, value);
            check(task, algorithm, merged);
          }
        });
  }

  /**
   * The algorithms that a contest would train, in their order.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM or UNSUPPORTED_TASK
   */
  public List<String> contenders(Task task, AutoRequest auto) {
    return Contenders.of(catalogue, task, auto).stream().map(Algorithm::name).toList();
  }

  /**
   * Requires that the algorithm takes weights of rows.
   *
   * @throws MlException of kind UNSUPPORTED_TASK
   */
  public void checkWeighted(Task task, String algorithm) {
    catalogue.find(algorithm).requireWeighted(task);
  }

  /**
   * Splits, searches when asked to, fits on the training part and scores on the held-out part.
   *
   * @param cancel asked at least once a second while computing in Java, and between the rounds of a
   *     native library
   * @throws MlException of every kind but MODEL_FORMAT and QUEUE_FULL
   */
  public TrainedModel train(
      TrainingRequest request, ProgressListener progress, CancelToken cancel) {
    return train(request, request.split(), progress, cancel);
  }

  /** The same for whoever knows the request's split already. */
  public TrainedModel train(
      TrainingRequest request, Split split, ProgressListener progress, CancelToken cancel) {
    int idle = threads.getAsInt();
    int others = Math.min(settings.threadsPerTraining(), idle);
    FitContext context = new FitContext(request.seed(), others, idle, cancel, progress);
    if (request.auto().isPresent()) {
      AutoRequest auto = request.auto().get();
      List<Algorithm> contenders = Contenders.of(catalogue, request.task(), auto);
      return new AutoTraining(request, split, auto, contenders, context).run();
    }
    Algorithm algorithm = catalogue.find(request.algorithm());
    return new TrainingRun(request, split, algorithm, context).run();
  }

  /** The model as bytes of our own format. */
  public byte[] encode(Model model) {
    return codec.encode(model);
  }

  /**
   * The model of these bytes.
   *
   * @throws MlException of kind MODEL_FORMAT when they are damaged, too large or of another version
   */
  public Model decode(byte[] bytes) {
    return codec.decode(bytes);
  }

  /**
   * The model that another library trained.
   *
   * @throws MlException of kind MODEL_FORMAT when the bytes are none that this version reads, or
   *     BAD_ARGUMENT when task, features or classes are not the model's
   */
  public Model importModel(ModelImport source) {
    StoredModel read =
        new ForeignModels(settings.maxModelBytes())
            .read(source.bytes(), source.task(), source.features(), source.classes());
    List<Reading> readings = source.readings();
    if (readings.isEmpty()) {
      return read;
    }
    if (readings.size() != read.featureCount()) {
      throw new MlException(
          MlException.Kind.BAD_ARGUMENT,
          "the model has %d features, not %d".formatted(read.featureCount(), readings.size()));
    }
    return Pipeline.of(read.featureNames(), readings).wrap(read);
  }

  /**
   * The model in the form of another library, which predicts the same with it. Boosted trees only.
   *
   * @throws MlException of kind UNSUPPORTED_TASK when the model has no such form
   */
  public byte[] exportModel(Model model, ModelFormat format) {
    return new ForeignModels(settings.maxModelBytes()).write(model, format);
  }

  /**
   * Checks a row of features before it is predicted.
   *
   * @param count how many features the caller gave, from offset on
   * @param nulls whether some feature is NULL
   * @throws MlException of kind WRONG_FEATURE_COUNT, NULL_FEATURE or NON_FINITE
   */
  public static void checkRow(Model model, float[] row, int offset, int count, boolean nulls) {
    RowCheck.check(model, row, offset, count, nulls);
  }

  private static AlgorithmInfo info(Algorithm algorithm, HyperparameterDefaults defaults) {
    return new AlgorithmInfo(
        algorithm.name(),
        algorithm.tasks(),
        algorithm.hyperparameters(),
        algorithm.tasks().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    task -> task, task -> parameters(algorithm, task, defaults))),
        algorithm.nativeMissing(),
        algorithm.instead());
  }

  private static List<HyperparameterInfo> parameters(
      Algorithm algorithm, Task task, HyperparameterDefaults defaults) {
    return algorithm.parameters(task).stream()
        .map(
            spec -> HyperparameterInfo.of(spec, defaults.json(algorithm.name(), task, spec.name())))
        .toList();
  }
}
