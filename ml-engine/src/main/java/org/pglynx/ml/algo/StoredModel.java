package org.pglynx.ml.algo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.SqlFunction;

/** A model that can be written to and read from the stored format; see {@link ModelShape}. */
public abstract class StoredModel implements Model {
  private final ModelInfo info;

  /** A model of which this is known. */
  protected StoredModel(ModelInfo info) {
    this.info = info;
  }

  /**
   * The same model with what explanations need to know of the rows that it was fitted on, such as
   * the features' means; itself when they need nothing more.
   */
  public StoredModel describedBy(TrainingTable table) {
    return this;
  }

  /**
   * Why the server cannot evaluate the model as a function in SQL, as words that follow "the server
   * cannot evaluate it: "; null if it can, by {@link #writeSql}.
   */
  public @Nullable String notInSql() {
    return "algorithm " + algorithm() + " has no form in SQL";
  }

  /**
   * Writes the statements that evaluate the model.
   *
   * @param row for each feature an expression that gives it as a float32, NULL where it is missing
   */
  public void writeSql(SqlFunction out, List<String> row) {
    throw new IllegalStateException(String.valueOf(notInSql()));
  }

  /** Writes all but the info. */
  public abstract void write(PayloadWriter out, NestedModels nested);

  /** What it knows about itself. */
  public final ModelInfo info() {
    return info;
  }

  @Override
  public final Task task() {
    return info.task();
  }

  @Override
  public final String algorithm() {
    return info.algorithm();
  }

  @Override
  public final List<String> featureNames() {
    return info.features();
  }

  @Override
  public final ClassLabels classes() {
    return info.classes();
  }

  @Override
  public boolean acceptsMissing() {
    return false;
  }

  @Override
  public boolean providesProbabilities() {
    return info.task() == Task.CLASSIFICATION;
  }
}
