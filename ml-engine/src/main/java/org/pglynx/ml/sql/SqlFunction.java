package org.pglynx.ml.sql;

import java.util.List;

/**
 * The body of a function that evaluates a model: what is computed in any case, then either the
 * prediction, or all numbers of the answer (probabilities, targets, components). It reads the
 * variable {@code features}.
 */
public final class SqlFunction {
  private final SqlVariables variables;
  private final SqlBlock common;
  private final SqlBlock value;
  private final SqlBlock outputs;

  /** An empty function. */
  public SqlFunction() {
    this(new SqlVariables());
  }

  private SqlFunction(SqlVariables variables) {
    this.variables = variables;
    this.common = new SqlBlock(variables);
    this.value = new SqlBlock(variables);
    this.outputs = new SqlBlock(variables);
  }

  /** The function of a model inside of this one's, of which any block may become part of this. */
  public SqlFunction inner() {
    return new SqlFunction(variables);
  }

  /** Comes first. */
  public SqlBlock common() {
    return common;
  }

  /** Computes the prediction. */
  public SqlBlock value() {
    return value;
  }

  /** Computes all numbers of the answer; empty where the prediction is all. */
  public SqlBlock outputs() {
    return outputs;
  }

  /** Says what the prediction is, as a float32. */
  public void predict(String expression) {
    value.set("answer", expression);
  }

  /** Says what the numbers of the answer are, each a float32. */
  public void answer(List<String> expressions) {
    outputs.set("answers", Sql.array(expressions));
  }

  /** How many variables of float32, float64, int32 and arrays of float32 there are. */
  public int[] variableCounts() {
    return variables.counts();
  }

  /** The text of {@link #common}. */
  public String commonText() {
    return common.text();
  }

  /** The text of {@link #value}. */
  public String valueText() {
    return value.text();
  }

  /** The text of {@link #outputs}. */
  public String outputsText() {
    return outputs.text();
  }
}
