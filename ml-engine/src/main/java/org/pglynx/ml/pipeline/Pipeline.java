package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.Features;
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

  /** Those of a model that was trained elsewhere, one for each of its features. */
  public static Pipeline of(List<String> names, List<Reading> readings) {
    return new Pipeline(names, readings.stream().map(Reading::step).toList());
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

  /**
   * The rows of the data set as the model takes them.
   *
   * @throws org.pglynx.ml.model.MlException of kind MEMORY_BUDGET
   */
  public Features features(DataSet data, int[] rows) {
    data.requireRoom(rows.length, width);
    return Features.made(rows.length, width, new Rows(data, rows));
  }

  private final class Rows implements Features.Filler {
    private final DataSet data;
    private final int[] rows;

    Rows(DataSet data, int[] rows) {
      this.data = data;
      this.rows = rows;
    }

    @Override
    public void requireRoomForAll() {
      data.requireHeap(rows.length, width);
    }

    @Override
    public void fill(int from, int to, float[] out) {
      if (plain) {
        data.copy(rows, from, to, out);
      } else {
        prepare(data, rows, from, to, out);
      }
    }

    @Override
    public boolean fill(int feature, int from, int to, float[] out) {
      if (plain) {
        data.copy(feature, rows, from, to, out);
      }
      return plain;
    }
  }

  private void prepare(DataSet data, int[] rows, int from, int to, float[] out) {
    int column = 0;
    for (int feature = 0; feature < steps.length; feature++) {
      Step step = steps[feature];
      for (int i = from, at = column; i < to; i++, at += width) {
        step.apply(data.feature(rows[i], feature), out, at);
      }
      column += step.width();
    }
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
