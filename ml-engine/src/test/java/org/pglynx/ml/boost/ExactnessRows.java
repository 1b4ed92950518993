package org.pglynx.ml.boost;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.BoostedModel;

/**
 * Rows on which our forest is compared with the library that trained it.
 *
 * @param rows how many
 * @param width their features
 * @param stretch the larger, the smoother labels depend on features
 */
record ExactnessRows(int rows, int width, int stretch) {
  /** Row-major features, one after the other. */
  float[] features(DoubleSupplier next) {
    float[] x = new float[rows * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) next.getAsDouble();
    }
    return x;
  }

  /** Positive and below 1 for regression (0 classes), so that every objective takes them. */
  float[] labels(float[] x, int classes) {
    float[] y = new float[rows];
    for (int i = 0; i < rows; i++) {
      double signal = 0;
      for (int j = 0; j < width; j++) {
        float value = x[i * width + j];
        signal += Float.isNaN(value) ? 0.3 : Math.sin(value / (j + stretch));
      }
      double share = 1 / (1 + Math.exp(-signal));
      y[i] = (float) (classes == 0 ? share * 0.98 + 0.01 : Math.floor(share * classes));
    }
    return y;
  }

  /** What a model of them is told about itself. */
  ModelInfo info(String algorithm, int classes) {
    List<String> names = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    List<String> labels = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new ModelInfo(
        classes == 0 ? Task.REGRESSION : Task.CLASSIFICATION,
        algorithm,
        names,
        new ClassLabels(ClassLabels.Kind.NUMBER, labels));
  }

  /** The value, the probability of the second of two classes, or those of all. */
  float[] answers(BoostedModel model, float[] x, int row, int classes) {
    if (classes == 0) {
      return new float[] {model.predict(x, row * width)};
    }
    float[] out = new float[classes];
    model.predictProba(x, row * width, out, 0);
    return classes == 2 ? new float[] {out[1]} : out;
  }
}
