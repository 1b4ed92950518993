package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.sql.SqlFunction;

/**
 * A model as statements of PL/pgSQL: first what is computed in any case, then the prediction, as
 * the variable {@code answer}, or all numbers of the answer, as {@code answers}. The statements
 * read the variable {@code features}, an array of float32 with NULL where a value is missing, and
 * declare nothing.
 *
 * @param reals how many variables {@code r1}, … of float32 they use
 * @param numbers how many {@code d1}, … of float64
 * @param integers how many {@code n1}, … of int32
 * @param arrays how many {@code a1}, … of arrays of float32
 * @param common what is computed in any case
 * @param value what computes the prediction
 * @param outputs what computes all numbers; empty where the prediction is all
 */
public record SqlExport(
    int reals, int numbers, int integers, int arrays, String common, String value, String outputs) {

  /**
   * Why the server cannot evaluate the model, as words that follow "the server cannot evaluate it:
   * "; null if it can. Cheap.
   */
  public static @Nullable String refusal(Model model) {
    return model instanceof StoredModel stored
        ? stored.notInSql()
        : "algorithm " + model.algorithm() + " has no form in SQL";
  }

  /**
   * The statements.
   *
   * @throws IllegalArgumentException when there is a {@link #refusal}
   */
  public static SqlExport of(Model model) {
    if (!(model instanceof StoredModel stored) || stored.notInSql() != null) {
      throw new IllegalArgumentException(refusal(model));
    }
    List<String> row = new ArrayList<>();
    for (int i = 1; i <= model.featureCount(); i++) {
      row.add("features[" + i + "]");
    }
    SqlFunction function = new SqlFunction();
    stored.writeSql(function, row);
    int[] variables = function.variableCounts();
    return new SqlExport(
        variables[0],
        variables[1],
        variables[2],
        variables[3],
        function.commonText(),
        function.valueText(),
        function.outputsText());
  }
}
