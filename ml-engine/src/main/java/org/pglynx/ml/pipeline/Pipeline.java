package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.data.DataSet;

/** Steps that turn raw rows, a number for each feature of a relation, into what a model takes. */
public final class Pipeline {
  private final List<String> rawNames;
  private final Step[] steps;
  private final boolean plain;
  private final int width;

  Pipeline(List<String> rawNames, List<Step> steps) {
    this.rawNames = List.copyOf(rawNames);
    this.steps = steps.toArray(Step[]::new);
    this.plain = steps.stream().allMatch(Step::plain);
    this.width = steps.stream().mapToInt(Step::width).sum();
  }

  /** The names of the features that the model takes. */
  public List<String> featureNames() {
    if (plain) {
      return rawNames;
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      names.addAll(steps[i].names(rawNames.get(i)));
    }
    return names;
  }

  /** The rows of the data set as the model takes them, row-major. */
  public float[] rowMajor(DataSet data, int[] rows) {
    if (plain) {
      return data.rowMajor(rows);
    }
    data.requireRoom(rows.length, width);
    float[] out = new float[rows.length * width];
    int column = 0;
    for (int feature = 0; feature < steps.length; feature++) {
      Step step = steps[feature];
      for (int i = 0, at = column; i < rows.length; i++, at += width) {
        step.apply(data.feature(rows[i], feature), out, at);
      }
      column += step.width();
    }
    return out;
  }

  /** The model that takes raw rows, of one that takes what this makes of them. */
  public StoredModel wrap(StoredModel inner) {
    if (plain) {
      return inner;
    }
    ModelInfo info = new ModelInfo(inner.task(), inner.algorithm(), rawNames, inner.classes());
    return new PreparedModel(info, steps, inner);
  }
}
