package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.SqlFunction;

/** A model behind the preprocessing that it was trained with: it takes raw rows. */
public final class PreparedModel extends StoredModel {
  private final Step[] steps;
  private final StoredModel inner;

  PreparedModel(ModelInfo info, Step[] steps, StoredModel inner) {
    super(info);
    this.steps = steps;
    this.inner = inner;
  }

  /** The model that takes preprocessed rows. */
  public StoredModel inner() {
    return inner;
  }

  /** Preprocesses a row. */
  public float[] prepared(float[] row, int offset) {
    float[] out = new float[inner.featureCount()];
    prepare(row, offset, out, 0);
    return out;
  }

  private void prepare(float[] row, int offset, float[] out, int outOffset) {
    int at = outOffset;
    for (int i = 0; i < steps.length; i++) {
      steps[i].apply(row[offset + i], out, at);
      at += steps[i].width();
    }
  }

  /** Preprocesses rows. */
  public float[] prepared(float[] rowMajor, int offset, int rows) {
    int width = inner.featureCount();
    float[] out = new float[rows * width];
    for (int i = 0; i < rows; i++) {
      prepare(rowMajor, offset + i * steps.length, out, i * width);
    }
    return out;
  }

  @Override
  public float predict(float[] row, int offset) {
    return inner.predict(prepared(row, offset), 0);
  }

  @Override
  public void predict(float[] rowMajor, int rows, float[] out) {
    inner.predict(prepared(rowMajor, 0, rows), rows, out);
  }

  @Override
  public int outputCount() {
    return inner.outputCount();
  }

  @Override
  public void outputs(float[] row, int offset, float[] out, int outOffset) {
    inner.outputs(prepared(row, offset), 0, out, outOffset);
  }

  @Override
  public void predictProba(float[] row, int offset, float[] out, int outOffset) {
    inner.predictProba(prepared(row, offset), 0, out, outOffset);
  }

  @Override
  public void outputs(float[] rowMajor, int rows, float[] out) {
    inner.outputs(prepared(rowMajor, 0, rows), rows, out);
  }

  @Override
  public void predictProba(float[] rowMajor, int rows, float[] out) {
    inner.predictProba(prepared(rowMajor, 0, rows), rows, out);
  }

  @Override
  public boolean providesProbabilities() {
    return inner.providesProbabilities();
  }

  @Override
  public boolean acceptsMissing() {
    for (int i = 0; i < steps.length; i++) {
      if (!acceptsMissing(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean acceptsMissing(int feature) {
    return switch (steps[feature].missing()) {
      case AS_THE_MODEL -> inner.acceptsMissing();
      case REFUSED -> false;
      case FILLED -> true;
    };
  }

  @Override
  public @Nullable Categories categories(int feature) {
    return steps[feature].categories();
  }

  @Override
  public double[] explainedVarianceRatios() {
    return inner.explainedVarianceRatios();
  }

  @Override
  public int explainedScores() {
    return inner.explainedScores();
  }

  /** What the features add that a raw one became are added up. */
  @Override
  public void explain(float[] row, int offset, double[] out) {
    int innerWidth = inner.featureCount() + 1;
    double[] parts = new double[explainedScores() * innerWidth];
    inner.explain(prepared(row, offset), 0, parts);
    for (int score = 0; score < explainedScores(); score++) {
      int at = score * innerWidth;
      int to = score * (steps.length + 1);
      for (Step step : steps) {
        out[to] = 0;
        for (int i = 0; i < step.width(); i++) {
          out[to] += parts[at++];
        }
        to++;
      }
      out[to] = parts[at];
    }
  }

  @Override
  public List<FeatureImportance> importance() {
    return inner.importance().stream()
        .map(one -> new FeatureImportance(one.measure(), summed(one.values())))
        .toList();
  }

  private double[] summed(double[] parts) {
    double[] sums = new double[steps.length];
    int at = 0;
    for (int i = 0; i < steps.length; i++) {
      for (int j = 0; j < steps[i].width(); j++) {
        sums[i] += parts[at++];
      }
    }
    return sums;
  }

  @Override
  public long sizeBytes() {
    long bytes = inner.sizeBytes() + info().sizeBytes();
    for (Step step : steps) {
      bytes += step.sizeBytes();
    }
    return bytes;
  }

  @Override
  public @Nullable String notInSql() {
    return inner.notInSql();
  }

  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    List<String> prepared = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      prepared.addAll(steps[i].writeSql(row.get(i), out.common()));
    }
    inner.writeSql(out, prepared);
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    for (Step step : steps) {
      step.write(out);
    }
    nested.write(inner, out);
  }

  static PreparedModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    Step[] steps = new Step[info.features().size()];
    int width = 0;
    for (int i = 0; i < steps.length; i++) {
      steps[i] = Step.read(in);
      width += steps[i].width();
    }
    StoredModel inner = nested.read(in);
    in.require(inner.featureCount() == width, "features of the model behind its preprocessing");
    in.require(inner.classes().equals(info.classes()), "classes behind the preprocessing");
    in.require(inner.task() == info.task(), "task behind the preprocessing");
    return new PreparedModel(info, steps, inner);
  }
}
