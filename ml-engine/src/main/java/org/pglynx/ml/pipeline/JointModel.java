package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.SqlBlock;
import org.pglynx.ml.sql.SqlFunction;

/** One model for each of several targets; the first one's prediction is the model's own. */
public final class JointModel extends StoredModel {
  private final List<String> targets;
  private final List<StoredModel> models;

  private JointModel(ModelInfo info, List<String> targets, List<StoredModel> models) {
    super(info);
    this.targets = List.copyOf(targets);
    this.models = List.copyOf(models);
  }

  /**
   * A joint model.
   *
   * @param targets the names of the targets
   * @param models theirs, which take the same features
   */
  public static JointModel of(List<String> targets, List<StoredModel> models) {
    StoredModel first = models.getFirst();
    ModelInfo info =
        new ModelInfo(Task.REGRESSION, first.algorithm(), first.featureNames(), ClassLabels.NONE);
    return new JointModel(info, targets, models);
  }

  /** The names of the targets. */
  public List<String> targets() {
    return targets;
  }

  /** The model of each target. */
  public List<StoredModel> models() {
    return models;
  }

  @Override
  public float predict(float[] row, int offset) {
    return models.getFirst().predict(row, offset);
  }

  @Override
  public void predict(float[] rowMajor, int rows, float[] out) {
    models.getFirst().predict(rowMajor, rows, out);
  }

  @Override
  public int outputCount() {
    return models.size();
  }

  @Override
  public void outputs(float[] row, int offset, float[] out, int outOffset) {
    for (int i = 0; i < models.size(); i++) {
      out[outOffset + i] = models.get(i).predict(row, offset);
    }
  }

  @Override
  public void outputs(float[] rowMajor, int rows, float[] out) {
    float[] one = new float[rows];
    for (int target = 0; target < models.size(); target++) {
      models.get(target).predict(rowMajor, rows, one);
      for (int i = 0; i < rows; i++) {
        out[i * models.size() + target] = one[i];
      }
    }
  }

  @Override
  public int explainedScores() {
    return models.getFirst().explainedScores();
  }

  /** Of the first target, as the prediction is. */
  @Override
  public void explain(float[] row, int offset, double[] out) {
    models.getFirst().explain(row, offset, out);
  }

  /** Averaged over the targets, as a linear model's is over its scores. */
  @Override
  public List<FeatureImportance> importance() {
    List<FeatureImportance> all =
        models.stream().flatMap(model -> model.importance().stream()).toList();
    return models.getFirst().importance().stream()
        .map(first -> all.stream().filter(one -> one.measure().equals(first.measure())).toList())
        .filter(ofTargets -> ofTargets.size() == models.size())
        .map(JointModel::average)
        .toList();
  }

  private static FeatureImportance average(List<FeatureImportance> ofTargets) {
    FeatureImportance first = ofTargets.getFirst();
    double[] average = new double[first.values().length];
    for (FeatureImportance one : ofTargets) {
      for (int j = 0; j < average.length; j++) {
        average[j] += one.values()[j] / ofTargets.size();
      }
    }
    return new FeatureImportance(first.measure(), average);
  }

  @Override
  public boolean acceptsMissing() {
    return models.stream().allMatch(StoredModel::acceptsMissing);
  }

  @Override
  public long sizeBytes() {
    return info().sizeBytes() + models.stream().mapToLong(StoredModel::sizeBytes).sum();
  }

  @Override
  public @Nullable String notInSql() {
    return models.stream()
        .map(StoredModel::notInSql)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The first model twice: alone where only its prediction is wanted. */
  @Override
  public void writeSql(SqlFunction out, List<String> row) {
    write(models.getFirst(), row, out, out.value());
    List<String> answers = new ArrayList<>();
    for (StoredModel model : models) {
      write(model, row, out, out.outputs());
      answers.add(out.outputs().real("answer"));
    }
    out.answer(answers);
  }

  private static void write(StoredModel model, List<String> row, SqlFunction out, SqlBlock into) {
    SqlFunction inner = out.inner();
    model.writeSql(inner, row);
    into.append(inner.common());
    into.append(inner.value());
  }

  @Override
  public void write(PayloadWriter out, NestedModels nested) {
    out.writeTexts(targets);
    models.forEach(model -> nested.write(model, out));
  }

  static JointModel read(ModelInfo info, PayloadReader in, NestedModels nested) {
    List<String> targets = in.readTexts();
    in.require(!targets.isEmpty() && info.task() == Task.REGRESSION, "targets");
    List<StoredModel> models = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      StoredModel model = nested.read(in);
      in.require(
          model.task() == Task.REGRESSION && model.featureCount() == info.features().size(),
          "a model of a target");
      models.add(model);
    }
    return new JointModel(info, targets, models);
  }
}
