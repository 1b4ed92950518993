package org.pglynx.ml.testing;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Features;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/**
 * What scikit-learn 1.2.1 predicts after fitting, made by {@code
 * src/test/python/fitted_references.py}, which tells the protocol.
 */
public record FittedReference(
    String algorithm,
    String set,
    @JsonProperty("task") String taskName,
    Map<String, Object> hyperparams,
    boolean scaled,
    boolean weighted,
    double tolerance,
    double[] values,
    double @Nullable [][] proba,
    double @Nullable [][] decisions) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The cases of one file. */
  public static Stream<FittedReference> of(String family) {
    InputStream in =
        Objects.requireNonNull(
            FittedReference.class.getResourceAsStream("/reference/fitted-" + family + ".jsonl"));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().map(FittedReference::parse).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FittedReference parse(String line) {
    try {
      return MAPPER.readValue(line, FittedReference.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The task. */
  public Task task() {
    return Task.bySqlName(taskName).orElseThrow();
  }

  /** The rows to fit on. */
  public TrainingTable training() {
    return table(fold -> fold != 0);
  }

  /** The rows to predict. */
  public TrainingTable test() {
    return table(fold -> fold == 0);
  }

  private TrainingTable table(IntPredicate wanted) {
    DataSet data = Sets.builtIn(set);
    int[] folds = ReferenceScores.folds(set);
    int[] rows = rows(folds, wanted);
    ClassLabels labels = ClassLabels.NONE;
    double[] y = data.labels(rows);
    if (task() == Task.CLASSIFICATION) {
      Classes classes = data.classes(data.allRows());
      labels = classes.labels();
      y = Arrays.stream(classes.indexes(data, rows)).asDoubleStream().toArray();
    }
    float[] x = data.rowMajor(rows);
    if (scaled) {
      scale(x, data.rowMajor(rows(folds, fold -> fold != 0)), data.featureCount());
    }
    ModelInfo info = new ModelInfo(task(), algorithm, data.featureNames(), labels);
    double[] weights = new double[rows.length];
    Arrays.setAll(weights, i -> 0.5 + i % 3);
    return new TrainingTable(
        info, Features.of(x, info.features().size()), y, weighted ? weights : null, null);
  }

  private static int[] rows(int[] folds, IntPredicate wanted) {
    return IntStream.range(0, folds.length).filter(i -> wanted.test(folds[i])).toArray();
  }

  /** Standardises with the mean and deviation of the training rows. */
  private static void scale(float[] x, float[] training, int width) {
    for (int j = 0; j < width; j++) {
      int column = j;
      double[] cells =
          IntStream.range(0, training.length / width)
              .mapToDouble(i -> training[i * width + column])
              .toArray();
      double mean = Arrays.stream(cells).average().orElseThrow();
      double variance =
          Arrays.stream(cells).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      double deviation = variance == 0 ? 1 : Math.sqrt(variance);
      for (int at = j; at < x.length; at += width) {
        x[at] = (float) ((x[at] - mean) / deviation);
      }
    }
  }

  @Override
  public String toString() {
    return "%s %s %s%s%s"
        .formatted(
            algorithm, set, hyperparams, scaled ? " scaled" : "", weighted ? " weighted" : "");
  }
}
