package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.ModelFile;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.testing.Sets;

class ModelCodecTest {
  private static final FitContext CONTEXT =
      new FitContext(5, 1, CancelToken.NEVER, ProgressListener.NONE);

  private final ModelCodec codec = new ModelCodec(1 << 28);

  static Stream<Arguments> everyServedTask() {
    return new Catalogue()
        .all().stream()
            .flatMap(algorithm ->
                algorithm.tasks().stream()
                    .flatMap(task -> setsFor(task).map(set -> Arguments.of(algorithm, task, set))));
  }

  private static Stream<String> setsFor(Task task) {
    return switch (task) {
      case REGRESSION -> Stream.of("diabetes");
      case RANK -> Stream.of("iris");
      case CLASSIFICATION, CLUSTERING, DECOMPOSITION -> Stream.of("breast_cancer", "iris");
    };
  }

  @ParameterizedTest
  @MethodSource("everyServedTask")
  void aModelReadBackPredictsTheSame(Algorithm algorithm, Task task, String set) {
    TrainingTable table = table(algorithm, task, set);
    Model model = algorithm.fit(table, small(algorithm), CONTEXT);

    Model back = codec.decode(codec.encode(model));

    assertThat(back.task()).isEqualTo(task);
    assertThat(back.algorithm()).isEqualTo(algorithm.name());
    assertThat(back.featureNames()).isEqualTo(model.featureNames());
    assertThat(back.classes()).isEqualTo(model.classes());
    assertThat(back.acceptsMissing()).isEqualTo(model.acceptsMissing());
    assertThat(back.providesProbabilities()).isEqualTo(model.providesProbabilities());
    for (int i = 0; i < table.rows(); i++) {
      assertThat(outputs(back, table, i)).containsExactly(outputs(model, table, i));
    }
  }

  @ParameterizedTest
  @MethodSource("everyServedTask")
  void theSameSeedGivesTheSameBytesOnAnyNumberOfThreads(
      Algorithm algorithm, Task task, String set) {
    TrainingTable table = table(algorithm, task, set);
    FitContext threads = new FitContext(5, 3, CancelToken.NEVER, ProgressListener.NONE);

    byte[] first = codec.encode(algorithm.fit(table, small(algorithm), CONTEXT));
    byte[] second = codec.encode(algorithm.fit(table, small(algorithm), threads));

    assertThat(second).isEqualTo(first);
  }

  @Test
  void anotherSeedGivesAnotherForest() {
    Algorithm algorithm = new Catalogue().find("random_forest");
    TrainingTable table = table(algorithm, Task.CLASSIFICATION, "iris");
    FitContext other = new FitContext(6, 1, CancelToken.NEVER, ProgressListener.NONE);

    assertThat(codec.encode(algorithm.fit(table, small(algorithm), other)))
        .isNotEqualTo(codec.encode(algorithm.fit(table, small(algorithm), CONTEXT)));
  }

  @Test
  void everyFlippedByteIsNoticed() {
    byte[] good = linear();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      assertDamaged(bad);
    }
  }

  @Test
  void everyTruncationIsNoticed() {
    byte[] good = linear();
    for (int length = 0; length < good.length; length++) {
      assertDamaged(Arrays.copyOf(good, length));
    }
    assertDamaged(Arrays.copyOf(good, good.length + 1));
  }

  @Test
  void aForgedPayloadWithARightChecksumIsRefusedOrHarmless() {
    byte[] forest = forest();
    PayloadReader in = ModelFile.open(forest, 1 << 28);
    assertThat(in.readByte()).isEqualTo(41); // the payload begins behind the header of 24 bytes
    int refused = 0;
    for (int i = 24; i < forest.length; i++) {
      PayloadWriter forged = new PayloadWriter(1 << 28);
      for (int j = 24; j < forest.length; j++) {
        forged.writeByte(j == i ? forest[j] ^ 0x81 : forest[j]);
      }
      refused += survives(ModelFile.wrap(forged)) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(forest.length / 4);
  }

  @Test
  void aFileAboveTheLimitIsRefusedUnread() {
    byte[] model = linear();

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> new ModelCodec(model.length - 1).decode(model))
        .withMessageContaining("the limit is");
  }

  @Test
  void aModelAboveTheLimitIsNotWritten() {
    Algorithm algorithm = new Catalogue().find("knn");
    Model model = algorithm.fit(table(algorithm, Task.REGRESSION, "diabetes"), Map.of(), CONTEXT);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> new ModelCodec(1000).encode(model))
        .withMessageContaining("limit of 1000 bytes");
  }

  /** Decodes; a model that is accepted must also predict without an error. */
  private boolean survives(byte[] bytes) {
    Model model;
    try {
      model = codec.decode(bytes);
    } catch (MlException refused) {
      assertThat(refused.kind()).isEqualTo(Kind.MODEL_FORMAT);
      return false;
    }
    model.predict(new float[model.featureCount()], 0);
    return true;
  }

  private void assertDamaged(byte[] bytes) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> codec.decode(bytes))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MODEL_FORMAT));
  }

  private byte[] linear() {
    Algorithm algorithm = new Catalogue().find("linear");
    return codec.encode(
        algorithm.fit(table(algorithm, Task.REGRESSION, "diabetes"), Map.of(), CONTEXT));
  }

  private byte[] forest() {
    Algorithm algorithm = new Catalogue().find("random_forest");
    return codec.encode(
        algorithm.fit(
            table(algorithm, Task.CLASSIFICATION, "iris"), Map.of("n_estimators", 2), CONTEXT));
  }

  private static Map<String, Object> small(Algorithm algorithm) {
    boolean trees =
        algorithm.hyperparameters().stream().anyMatch(name -> name.startsWith("n_estimators"));
    return trees ? Map.of("n_estimators", 8) : Map.of();
  }

  private static float[] outputs(Model model, TrainingTable table, int row) {
    int offset = row * table.width();
    int numbers = model.outputCount();
    float[] out = new float[1 + numbers + model.classes().count()];
    out[0] = model.predict(table.x(), offset);
    model.outputs(table.x(), offset, out, 1);
    if (model.providesProbabilities()) {
      model.predictProba(table.x(), offset, out, 1 + numbers);
    }
    return out;
  }

  private static TrainingTable table(Algorithm algorithm, Task task, String set) {
    DataSet data = Sets.builtIn(set);
    int[] rows = data.allRows();
    ClassLabels labels = ClassLabels.NONE;
    double[] y = task.supervised() ? data.labels(rows) : new double[0];
    if (task == Task.CLASSIFICATION) {
      Classes classes = data.classes(rows);
      labels = classes.labels();
      y = Arrays.stream(classes.indexes(data, rows)).asDoubleStream().toArray();
    }
    TrainingTable table =
        TrainingTable.of(
            task, algorithm.name(), data.featureNames(), labels, data.rowMajor(rows), y);
    return task == Task.RANK ? Sets.grouped(table, 10) : table;
  }
}
